import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, calmTest as test } from "./fixtures";
import { find, line, lines, numbered, openWith, text } from "./log-view";
import { button } from "./page";

const menu = async (page: Page, item: string | RegExp) => {
  await button(page, "More").click();
  return page.getByRole("menuitem", { name: item });
};

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
