import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import type { Machine } from "./machine";
import { button, row } from "./page";

const text = (page: Page) => page.getByRole("log");
const lines = (page: Page) => text(page).locator(".log-line");

/** Adds a program to the machine that runs a Python script, and starts it. */
function addProgram(machine: Machine, name: string, script: string, options = "") {
  machine.write(`${name}.py`, script);
  machine.append(
    "conf.d/extra.conf",
    `
[program:${name}]
command=python3 -u ${machine.dir}/${name}.py
autorestart=true
startsecs=1
stdout_logfile=${machine.dir}/${name}.out.log
stderr_logfile=${machine.dir}/${name}.err.log
${options}
`,
  );
  machine.ctl("update", name);
}

/** Writes numbered lines at a rate, `seconds` long, and stays. */
const chatty = (linesPerSecond: number, seconds: number) => `
import sys, time
began = time.monotonic()
total = ${linesPerSecond * seconds}
sent = 0
while sent < total:
    due = min(total, int((time.monotonic() - began) * ${linesPerSecond}))
    if due > sent:
        sys.stdout.write("".join("line %07d of a service that has much to say\\n" % n for n in range(sent, due)))
        sys.stdout.flush()
        sent = due
    time.sleep(0.01)
print("that was all", flush=True)
time.sleep(100000)
`;

/** The numbers of the lines in the view, in their order. */
const numbersIn = (page: Page) =>
  lines(page).evaluateAll((all) =>
    all.flatMap((line) => /line (\d{7})/.exec(line.textContent ?? "")?.[1] ?? []).map(Number),
  );

test("a service that is killed is seen to die and to come back, with the reason", async ({
  page,
  machine,
}) => {
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const comfy = row(page, "Comfy UI");
  await expect(comfy).toContainText("Running");
  const words: string[] = [];
  await page.exposeFunction("heard", (word: string) => words.push(word));
  await comfy.evaluate((element) => {
    const tell = (globalThis as unknown as { heard: (word: string) => void }).heard;
    new MutationObserver(() => tell(element.textContent ?? "")).observe(element, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });

  const pid = (await machine.pids()).get("comfy") ?? 0;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => words.some((word) => /Starting|Keeps crashing/.test(word))).toBe(true);
  await expect(comfy).toContainText("Running");

  await comfy.getByRole("button", { name: /Running/ }).click();
  await expect(page.getByText(/Killed by SIGKILL|ended by SIGKILL/).first()).toBeVisible();
});

test("the page goes on by itself after ControlPilot was restarted", async ({ page, machine }) => {
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  machine.ctl("restart", "controlpilot");
  machine.ctl("stop", "comfy");
  await expect(row(page, "Comfy UI")).toContainText("Stopped", { timeout: 20_000 });
  machine.ctl("start", "comfy");
  await expect(row(page, "Comfy UI")).toContainText("Running");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
});

test("a service that crashes again and again, though it comes up, is said to", async ({
  page,
  machine,
}) => {
  const script = "import sys, time; time.sleep(1.4); sys.exit('out of luck')";
  addProgram(machine, "flappy", script);
  await page.goto("/");
  await expect(row(page, "flappy")).toContainText("Keeps crashing", { timeout: 30_000 });
  await row(page, "flappy")
    .getByRole("button", { name: /Keeps crashing/ })
    .click();
  await expect(page.getByText("out of luck").first()).toBeVisible();
});

test("a log of ten thousand lines a second is followed, and the page stays usable", async ({
  page,
  machine,
}) => {
  test.setTimeout(180_000);
  await page.goto("/?log=chatty&stream=out");
  addProgram(machine, "chatty", chatty(10_000, 60), "stdout_logfile_maxbytes=0");
  await page.reload();
  await expect(lines(page).first()).toBeVisible();
  const client = await page.context().newCDPSession(page);
  const heap = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { usedSize } = await client.send("Runtime.getHeapUsage");
    return usedSize;
  };

  await expect(page.getByText(/^Last (49|50)\s\d{3} lines/)).toBeVisible({ timeout: 60_000 });
  const full = await heap();
  await button(page, "Following").click();
  await expect(button(page, "Paused")).toBeVisible();
  await expect(page.getByRole("button", { name: /new lines$/ })).toBeVisible();
  await page.getByRole("button", { name: /new lines$/ }).click();
  await expect(button(page, "Following")).toBeVisible();

  await expect(lines(page).last()).toHaveText("that was all", { timeout: 90_000 });
  const numbers = await numbersIn(page);
  expect(numbers.at(-1)).toBe(599_999);
  expect(numbers).toEqual(numbers.map((_, i) => 600_000 - numbers.length + i));
  expect(await lines(page).count()).toBeLessThan(400);
  expect(await heap()).toBeLessThan(full * 1.5);
});

test("nothing is lost and nothing comes twice, through rotations and a lost connection", async ({
  page,
  machine,
}) => {
  test.setTimeout(120_000);
  addProgram(
    machine,
    "numbers",
    chatty(2000, 15),
    "stdout_logfile_maxbytes=200KB\nstdout_logfile_backups=8",
  );
  await page.goto("/?log=numbers&stream=out");
  await expect(lines(page).first()).toBeVisible();
  for (let round = 0; round < 2; round += 1) {
    const again = page.waitForResponse(
      (response) => response.url().includes("/numbers/log/stream") && response.ok(),
    );
    machine.ctl("restart", "controlpilot");
    await again;
  }
  await expect(lines(page).last()).toHaveText("that was all", { timeout: 60_000 });

  const copied = page.waitForEvent("download");
  await button(page, "More").click();
  await page.getByRole("menuitem", { name: "Download the lines shown" }).click();
  const file = readFileSync(await (await copied).path(), "utf8");
  const numbers = [...file.matchAll(/line (\d{7}) of/g)].map(([, number]) => Number(number));
  expect(numbers.at(-1)).toBe(29_999);
  expect(numbers).toEqual(numbers.map((_, i) => 30_000 - numbers.length + i));
});

const recordings = join("lib", "client", "terminal", "fixtures");

for (const name of ["tqdm-nested.log", "tqdm-colour.log", "rich-progress.log", "comfy-style.log"]) {
  test(`a recording shows the text that a terminal shows: ${name}`, async ({ page, machine }) => {
    machine.write("comfy.err.log", readFileSync(join(recordings, name)));
    await page.goto("/?log=comfy&stream=err");
    const expected = readFileSync(join(recordings, `${name}.expected.txt`), "utf8");
    await expect(lines(page).first()).toBeVisible();
    await expect
      .poll(async () =>
        (await lines(page).allTextContents())
          .map((line) => line.trimEnd())
          .join("\n")
          .trimEnd(),
      )
      .toBe(expected.trimEnd());
  });
}

test("a log has a page of its own, and a link to each line", async ({ page, machine, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const numbered = Array.from({ length: 9000 }, (_, index) => `entry ${index}.\n`).join("");
  machine.write("comfy.err.log", numbered);
  await page.goto("/services/comfy/log?stream=err");
  await expect(page.getByRole("heading", { name: "Comfy UI log" })).toBeVisible();
  await expect(lines(page).filter({ hasText: "entry 8999." })).toBeInViewport();

  await find(page).fill("entry 4321.");
  await expect(page.getByText(/Searched back to the beginning, 1 older match/)).toBeVisible();
  await page.keyboard.press("Enter");
  const wanted = lines(page).filter({ hasText: /^entry 4321\.$/ });
  await expect(wanted).toBeInViewport();
  await wanted.locator("xpath=..").locator(".log-time").click();
  await expect(page.getByText("The link to this line is copied")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());

  const other = await context.newPage();
  await other.goto(link);
  await expect(lines(other).filter({ hasText: /^entry 4321\.$/ })).toBeInViewport();
  await other.close();
});

test("several services are read in one view, each with its name", async ({ page, machine }) => {
  machine.write(
    "comfy.out.log",
    "2026-02-11 10:00:01 INFO comfy first\n2026-02-11 10:00:03 INFO comfy third\n",
  );
  machine.write("kohya.out.log", "2026-02-11 10:00:02 INFO kohya second\n");
  await page.goto("/services/comfy/log?stream=out");
  await button(page, "Add a service").click();
  await page.getByRole("menuitem", { name: "Kohya" }).click();
  await expect(page).toHaveURL(/\/logs\?names=comfy,kohya/);
  await stream(page, "Out").click();
  await expect(lines(page)).toHaveText([/comfy first/, /kohya second/, /comfy third/]);
  machine.append("kohya.out.log", "and on\n");
  await expect(lines(page).last()).toHaveText("and on");
  await expect(text(page).locator(".log-tag").last()).toHaveText("Kohya");
});

const find = (page: Page) => page.getByRole("textbox", { name: "Find in this log" });
const stream = (page: Page, name: string) =>
  page.getByRole("group", { name: "Stream" }).getByRole("button", { name, exact: true });
