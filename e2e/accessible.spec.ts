import { expectAccessible } from "./axe";
import { expect, test as onItsOwn, calmTest as test } from "./fixtures";
import { button, pretendAtWork } from "./page";
import { openFailure, toggle } from "./services-view";

test.describe("no fault that axe knows", () => {
  test("on the page, and in a row that explains a failure", async ({ page, machine }) => {
    await openFailure(page, machine);
    await toggle(page, "Comfy UI").click();
    await expect(page.getByText("[program:comfy]")).toBeVisible();
    await expectAccessible(page);
  });

  test("in a log, and in its question before it is cleared", async ({ page, machine }) => {
    const colours = Array.from(
      { length: 8 },
      (_, n) => `\u001b[3${n}m${n} \u001b[4${n}m${n}\u001b[0m`,
    );
    machine.write("kohya.err.log", `${colours.join("\n")}\n\u001b[2mdim\u001b[0m needle\n`);
    await page.goto("/?log=kohya&stream=err");
    await page.getByRole("textbox", { name: "Find in this log" }).fill("needle");
    await expect(page.getByText("1 of 1")).toBeVisible();
    await button(page, "Clear log").click();
    await expect(button(page, "Keep it")).toBeFocused();
    await expectAccessible(page);
  });

  test("in the question before all are stopped", async ({ page }) => {
    await pretendAtWork(page, "kohya");
    await page.goto("/");
    await button(page, "Stop all").click();
    await expect(page.getByRole("alertdialog", { name: "Stop all" })).toBeVisible();
    await expectAccessible(page);
  });

  test("in the question before work is lost", async ({ page }) => {
    await pretendAtWork(page, "kohya");
    await page.goto("/");
    await button(page, "Stop Kohya, asks first").click();
    await expect(page.getByRole("alertdialog", { name: "Stop Kohya?" })).toBeVisible();
    await expectAccessible(page);
  });

  test("on the sheet of shortcuts", async ({ page }) => {
    await page.goto("/");
    await button(page, "Shortcuts").click();
    await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
    await expectAccessible(page);
  });

  onItsOwn("while supervisord is away", async ({ page, machine }) => {
    await page.goto("/");
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await machine.killSupervisord();
    await expect(page.getByRole("region", { name: "Connection" })).toBeVisible();
    await expectAccessible(page);
  });
});
