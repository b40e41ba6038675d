import type { Locator } from "@playwright/test";
import { expect, calmTest as test } from "./fixtures";
import { find, line, lines, openWith, stream, text } from "./log-view";
import { button } from "./page";

const colourOf = (target: Locator) => target.evaluate((element) => getComputedStyle(element).color);

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
