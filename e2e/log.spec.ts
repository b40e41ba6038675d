import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expect, test as onItsOwn, calmTest as test } from "./fixtures";
import type { Machine } from "./machine";
import { button, row } from "./page";

const text = (page: Page) => page.getByRole("log");
const lines = (page: Page) => text(page).locator(".log-line");
const line = (page: Page, content: string | RegExp) => lines(page).filter({ hasText: content });
const stream = (page: Page, name: "Both" | "Out" | "Err") =>
  page.getByRole("group", { name: "Stream" }).getByRole("button", { name, exact: true });
const menu = async (page: Page, item: string | RegExp) => {
  await button(page, "More").click();
  return page.getByRole("menuitem", { name: item });
};
const find = (page: Page) => page.getByRole("textbox", { name: "Find in this log" });
const newLines = (page: Page) => page.getByRole("button", { name: /new lines?$/ });

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}.\n`).join("");

/** Opens the err log of Comfy UI at its end, with nothing in it but `content`. */
async function openWith(page: Page, machine: Machine, content: string | Uint8Array) {
  machine.write("comfy.err.log", content);
  await page.goto("/?log=comfy&stream=err");
  await expect(lines(page).first()).toBeAttached();
}

const colourOf = (target: Locator) => target.evaluate((element) => getComputedStyle(element).color);

const distanceToEnd = (page: Page) =>
  text(page).evaluate(
    ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
  );

/** Where the reader is: the first line in sight, and how far it is scrolled. */
const placeOf = (page: Page) =>
  text(page).evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect();
    const inSight = [...scroller.querySelectorAll(".log-line")].find(
      (element) => element.getBoundingClientRect().bottom > top,
    );
    const y = inSight?.getBoundingClientRect().top ?? 0;
    return { line: inSight?.textContent, y: Math.round(y - top) };
  });

/** Up from the end by the wheel, and until the log has noticed. */
async function scrollUp(page: Page, by: number) {
  await text(page).hover();
  await page.mouse.wheel(0, -by);
  await expect(button(page, "Paused")).toBeVisible();
  let last = "";
  await expect
    .poll(async () => {
      const now = JSON.stringify(await placeOf(page));
      const isStill = last === now;
      last = now;
      return isStill;
    })
    .toBe(true);
}

test("opening a log sets the address, a reload keeps it open, and Back closes it", async ({
  page,
}) => {
  await page.goto("/");
  await button(page, "Log of Comfy UI").click();
  const dialog = page.getByRole("dialog", { name: "Comfy UI log" });
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL("/?log=comfy");

  await stream(page, "Out").click();
  await expect(page).toHaveURL("/?log=comfy&stream=out");
  await expect(line(page, "INFO comfy is up")).toBeVisible();
  await page.reload();
  await expect(line(page, "INFO comfy is up")).toBeVisible();
  await expect(stream(page, "Out")).toHaveAttribute("aria-pressed", "true");

  await page.goBack();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL("/");
  await page.goForward();
  await expect(dialog).toBeVisible();
});

test("closing a log leaves the address, and the focus where it was opened from", async ({
  page,
}) => {
  await page.goto("/");
  const opener = button(page, "Log of Comfy UI");

  await opener.click();
  await expect(text(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page).toHaveURL("/");
  await expect(opener).toBeFocused();

  await opener.click();
  await button(page, "Close").click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page).toHaveURL("/");
});

test("a message over an open log is closed by itself", async ({ page }) => {
  await page.goto("/");
  await button(page, "Start crasher").click();
  await button(page, "Log of Comfy UI").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  const message = page.getByRole("alert").filter({ hasText: "crasher did not start" });

  await message.getByRole("button", { name: "Close" }).click();
  await expect(message).toBeHidden();
  await expect(page.getByRole("dialog", { name: "Comfy UI log" })).toBeVisible();
});

test("a link leads straight to a log, and closing it stays on the page", async ({ page }) => {
  await page.goto("/?log=comfy&stream=err");
  const dialog = page.getByRole("dialog", { name: "Comfy UI log" });
  await expect(dialog).toBeVisible();
  await expect(stream(page, "Err")).toHaveAttribute("aria-pressed", "true");

  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL("/");
  await expect(row(page, "Comfy UI")).toContainText("Running");

  await page.goto("/?log=nobody");
  await expect(page.getByRole("dialog")).toContainText('There is no service "nobody"');
});

test("the streams are told with their sizes, and stand together or alone", async ({
  page,
  machine,
}) => {
  machine.write("comfy.out.log", "short\n");
  await openWith(page, machine, `${"x".repeat(4999)}\n`);

  await expect(page.getByRole("heading", { name: "Comfy UI log" })).toBeVisible();
  await expect(stream(page, "Out")).toContainText("6 B");
  await expect(stream(page, "Err")).toContainText("5.0 KB");

  await find(page).fill("short");
  await stream(page, "Out").click();
  await expect(lines(page)).toHaveText(["short"]);
  await expect(page.getByRole("search")).toContainText("1 of 1");
  await find(page).fill("");
  await stream(page, "Both").click();
  await expect(lines(page)).toHaveText([/short|x{4999}/, /short|x{4999}/]);
});

test("colours are shown, and of a progress bar its last state", async ({ page, machine }) => {
  const bar = [10, 50, 100].map((percent) => `\rsteps: ${percent}%`).join("");
  const coloured = "\u001b[31mERROR\u001b[0m broke \u001b[38;2;10;200;30mmine\u001b[0m";
  await openWith(page, machine, `${coloured}\n${bar}\nend\n`);

  await expect(lines(page)).toHaveText(["ERROR broke mine", "steps: 100%", "end"]);
  const plain = await colourOf(line(page, "end"));
  const red = await colourOf(line(page, "ERROR").getByText("ERROR"));
  const own = await colourOf(line(page, "ERROR").getByText("mine"));
  expect(new Set([plain, red, own]).size).toBe(3);
});

test("older lines come from the file as one scrolls up, and the reader's place is kept", async ({
  page,
  machine,
}) => {
  await openWith(page, machine, numbered(0, 6000));
  await expect(page.getByText("Last 500 lines, scroll up for older")).toBeVisible();

  await page.getByRole("log").hover();
  await page.mouse.wheel(0, -20_000);
  const read = line(page, /^line 5500\.$/);
  await expect(page.getByText("Last 2 500 lines")).toBeVisible();
  await expect(read).toBeInViewport();

  await page.keyboard.press("g");
  await expect(line(page, /^line 0\.$/)).toBeInViewport();
  await expect(page.getByText("The beginning of the file")).toBeVisible();
  await expect(page.getByText("4 500 lines, some between them not loaded")).toBeVisible();
  await page.mouse.wheel(0, 40_000);
  await button(page, "Load them").click();
  await expect(page.getByText("All 6 000 lines")).toBeVisible();
});

test("what is appended appears, and the end stays in sight", async ({ page, machine }) => {
  await openWith(page, machine, numbered(0, 300));
  await expect(line(page, "line 299.")).toBeInViewport();

  machine.append("comfy.err.log", numbered(300, 340));
  await expect(line(page, "line 339.")).toBeInViewport();
  machine.append("comfy.err.log", "and one with");
  await expect(line(page, "and one with")).toBeInViewport();
  machine.append("comfy.err.log", "out an end\n");
  await expect(line(page, "and one without an end")).toBeInViewport();
  expect(await distanceToEnd(page)).toBeLessThan(2);
  await expect(button(page, "Following")).toBeVisible();
});

test("scrolled up it stands still and counts, until it is asked to go on", async ({
  page,
  machine,
}) => {
  await openWith(page, machine, numbered(0, 300));
  await expect(line(page, "line 299.")).toBeInViewport();
  await scrollUp(page, 900);
  const place = await placeOf(page);

  machine.append("comfy.err.log", numbered(300, 305));
  await expect(newLines(page)).toHaveText("5 new lines");
  machine.append("comfy.err.log", numbered(305, 700));
  await expect(newLines(page)).toHaveText("400 new lines");
  expect(await placeOf(page)).toEqual(place);

  await newLines(page).click();
  await expect(line(page, "line 699.")).toBeInViewport();
  await expect(newLines(page)).toBeHidden();
  await expect(text(page)).toBeFocused();

  await scrollUp(page, 500);
  machine.append("comfy.err.log", "line 700.\n");
  await expect(newLines(page)).toHaveText("1 new line");
  await page.keyboard.press("f");
  await expect(button(page, "Following")).toBeVisible();
  await expect(line(page, "line 700.")).toBeInViewport();

  await page.keyboard.press("f");
  machine.append("comfy.err.log", "line 701.\n");
  await expect(newLines(page)).toHaveText("1 new line");
  await expect(line(page, "line 701.")).toHaveCount(0);
});

test("a log that is cut or replaced meanwhile is shown anew", async ({ page, machine }) => {
  await openWith(page, machine, numbered(0, 300));
  machine.write("comfy.err.log", "fresh start\n");
  await expect(line(page, "fresh start")).toBeInViewport();
  await expect(text(page)).toContainText("The log was cleared");
});

test("find counts, marks, and goes from match to match", async ({ page, machine }) => {
  const filler = numbered(0, 90);
  await openWith(
    page,
    machine,
    `needle 1\n${filler}a Needle 2\n${filler}needle \u001b[32m3\u001b[0m\n`,
  );
  const now = text(page).locator("mark.log-hit-now");
  const bar = page.getByRole("search");

  await page.keyboard.press("/");
  await expect(find(page)).toBeFocused();
  await page.keyboard.type("needle");
  await expect(bar).toContainText("3 of 3");
  await expect(now).toBeInViewport();
  await expect(button(page, "Paused")).toBeVisible();

  await page.keyboard.press("Enter");
  await expect(bar).toContainText("1 of 3");
  await expect(line(page, "needle 1")).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(bar).toContainText("2 of 3");
  await expect(now).toHaveText("Needle");
  await expect(now).toBeInViewport();
  await page.keyboard.press("Shift+Enter");
  await expect(bar).toContainText("1 of 3");

  await text(page).focus();
  await page.keyboard.press("n");
  await expect(bar).toContainText("2 of 3");
  await page.keyboard.press("Shift+N");
  await expect(bar).toContainText("1 of 3");
  await button(page, "Match case").click();
  await expect(bar).toContainText("1 of 2");

  await find(page).fill("needle 3");
  await expect(bar).toContainText("1 of 1");
  await find(page).fill("no such thing (");
  await expect(bar).toContainText("No match");
  await expect(text(page).locator("mark")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(find(page)).toHaveValue("");
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("whether lines wrap is remembered", async ({ page, machine }) => {
  await openWith(page, machine, `${"long ".repeat(200)}\n`);
  const overflows = () =>
    text(page).evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
  const wrap = button(page, "Wrap lines");
  await expect(wrap).toHaveAttribute("aria-pressed", "true");
  expect(await overflows()).toBe(false);

  await wrap.click();
  await expect.poll(overflows).toBe(true);
  await page.reload();
  await expect(wrap).toHaveAttribute("aria-pressed", "false");
  await expect.poll(overflows).toBe(true);
});

test("what is copied has no escape codes", async ({ page, machine, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openWith(page, machine, "\u001b[1;31mERROR\u001b[0m broke\n\n50%\r100%\n");

  await (await menu(page, "Copy the lines shown")).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toBe("ERROR broke\n\n100%\n");

  await text(page).focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("ControlOrMeta+c");
  await expect.poll(copied).toContain("ERROR broke");
  expect(await copied()).not.toContain("err");
});

test("the download is the whole file, byte for byte, or what the filter shows", async ({
  page,
  machine,
}) => {
  const whole = `\u001b[31m${numbered(0, 5000)}`;
  await openWith(page, machine, whole);

  const download = async (item: string | RegExp) => {
    const started = page.waitForEvent("download");
    await (await menu(page, item)).click();
    const file = await started;
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
  };
  const all = await download("Download the whole err log");
  expect(all).toEqual({ name: "comfy.err.log", text: whole });

  await find(page).fill("line 499[89]\\.");
  await button(page, "Regular expression").click();
  await button(page, "Only hits").click();
  await expect(lines(page)).toHaveText(["line 4998.", "line 4999."]);
  const some = await download(/^Download what the filter shows/);
  expect(some.name).toMatch(/^comfy-\d{4}-.*Z\.log$/);
  expect(some.text).toBe("line 4998.\nline 4999.\n");
});

test("clear asks in place, and empties that file only", async ({ page, machine }) => {
  machine.write("comfy.out.log", "stays\n");
  await openWith(page, machine, "goes\n");
  const question = page.getByRole("region", { name: "Clear log" });

  await button(page, "Clear log").click();
  await expect(question).toContainText("This deletes all that is in the err log of Comfy UI");
  await expect(button(page, "Keep it")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(button(page, "Clear log")).toBeFocused();
  expect(machine.read("comfy.err.log")).toBe("goes\n");

  await button(page, "Clear log").click();
  await button(page, "Clear the err log").click();
  await expect(text(page)).toContainText("The log was cleared");
  expect(machine.read("comfy.err.log")).toBe("");
  expect(machine.read("comfy.out.log")).toBe("stays\n");

  machine.append("comfy.err.log", "goes on\n");
  await expect(line(page, "goes on")).toBeInViewport();
});

test("whatever a program writes stays text", async ({ page, machine }) => {
  const opened: string[] = [];
  page.on("dialog", (dialog) => {
    opened.push(dialog.message());
    return dialog.dismiss();
  });
  page.on("framenavigated", (frame) => opened.push(frame.url()));
  page.on("request", (request) => {
    if (!/\/api\/|\/_next\//.test(request.url())) opened.push(request.url());
  });
  const hostile = [
    '<img src=x onerror="alert(1)"><script>alert(2)</script><iframe src=/x></iframe>',
    "\u001b]8;;javascript:alert(3)\u001b\\click me\u001b]8;;\u001b\\",
    "\u001b]0;another title\u0007titled",
    "fdp.\u202egnp.exe \u2066isolated",
    "bell\u0007 null\u0000 del\u007f c1\u009b31m \u001b[2Jcleared",
    "&lt;b&gt; {{alert(4)}} javascript:alert(5) https://example.com/",
  ];
  machine.write("comfy.err.log", "quiet\n");
  await page.goto("/?log=comfy&stream=err");
  await expect(line(page, "quiet")).toBeVisible();
  const address = page.url();
  opened.length = 0;

  machine.append("comfy.err.log", `${hostile.join("\n")}\nthe end\n`);
  await expect(line(page, "the end")).toBeVisible();
  await expect(line(page, "<img src=x onerror=").first()).toContainText(
    "<script>alert(2)</script><iframe src=/x></iframe>",
  );
  await expect(line(page, "click me")).toHaveText("click me");
  await expect(line(page, "titled")).toHaveText("titled");
  await expect(line(page, "gnp.exe")).toBeVisible();
  await expect(line(page, "&lt;b&gt;")).toBeVisible();
  const made = lines(page).locator(":not(span)");
  await expect(made).toHaveCount(0);

  await find(page).fill("<img");
  await expect(text(page).locator("mark")).toHaveText("<img");
  await line(page, "click me").click();
  expect(opened).toEqual([]);
  expect(page.url()).toBe(address);
  await expect(page).toHaveTitle(/Services · ControlPilot$/);
});

test("a service that never wrote has no log file, and one appears when it writes", async ({
  page,
  machine,
}) => {
  await page.goto("/");
  await button(page, "Log of Copilot Sidecar").click();
  const dialog = page.getByRole("dialog", { name: "Copilot Sidecar log" });
  await expect(dialog).toContainText(`${machine.dir}/copilot.out.log`);
  await expect(stream(page, "Err")).toContainText("none");

  machine.write("copilot.out.log", "first words\n");
  await expect(line(page, "first words")).toBeVisible();
  machine.remove("copilot.out.log");
});

test("bytes that are no UTF-8 are shown as such, and the rest is read", async ({
  page,
  machine,
}) => {
  const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a, 0xc3, 0x0a]);
  await openWith(page, machine, Buffer.concat([bytes, Buffer.from("größe 漢字 ok\n")]));
  await expect(lines(page)).toHaveText(["a\ufffd\ufffdb", "\ufffd", "größe 漢字 ok"]);
});

test("a line of 5 MB is one line, and says that it was cut", async ({ page, machine }) => {
  await openWith(page, machine, `first\n${"x".repeat(5_000_000)}`);
  await expect(text(page)).toContainText(/\d+ more columns, all of them in the download/);
  await expect(stream(page, "Err")).toContainText("5.0 MB");

  machine.append("comfy.err.log", "\nthe end\n");
  await expect(line(page, "the end")).toBeInViewport();
});

onItsOwn("a log is read on while supervisord is away", async ({ page, machine }) => {
  await page.goto("/?log=comfy&stream=out");
  await expect(line(page, "INFO comfy is up")).toBeVisible();
  await machine.killSupervisord();
  await expect(page.getByText("supervisord does not answer since")).toBeAttached();

  machine.append("comfy.out.log", "still here\n");
  await expect(line(page, "still here")).toBeVisible();
  await page.reload();
  await expect(line(page, "still here")).toBeVisible();
});
