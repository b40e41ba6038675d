import type { Page } from "@playwright/test";
import { expect, test as onItsOwn, calmTest as test } from "./fixtures";
import { button, row } from "./page";
import { autostart, openFailure, toggle } from "./services-view";

/** What has the focus, and whether one can see that. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    const framed = element.closest(".field") ?? element;
    // The rows of a log would cover a ring of its own.
    const log = element.matches(".log") ? element.closest(".log-body") : null;
    const ring = log ? getComputedStyle(log, "::after") : getComputedStyle(framed);
    const { outlineStyle, outlineWidth } = ring;
    const all = [...document.body.querySelectorAll("*")];
    return {
      index: all.indexOf(element),
      html: element.outerHTML.slice(0, 120),
      isVisible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
    };
  });

/** Where all that can be pressed or typed into stands on the page. */
const pressable = (page: Page) =>
  page.evaluate(() => {
    const wanted = "a[href], button, input, select, textarea, [tabindex='0']";
    return [...document.body.querySelectorAll("*")].flatMap((element, index) => {
      const isShown = element.checkVisibility({ visibilityProperty: true });
      return element.matches(wanted) && !element.matches(":disabled") && isShown ? [index] : [];
    });
  });

test.describe("with the keyboard alone", () => {
  test("Tab reaches everything, and it is seen where one is", async ({ page, machine }) => {
    await openFailure(page, machine);
    await page.reload();
    await expect(row(page, "crasher")).toContainText("Failed");
    // What comes last, once the page has come to rest.
    await expect(page.locator(".cell-day svg")).toHaveCount(10);
    const wanted = await pressable(page);

    const reached: number[] = [];
    await page.keyboard.press("Tab");
    for (let at = await focused(page); at; at = await focused(page)) {
      expect(at.isVisible, `the focus shows on ${at.html}`).toBe(true);
      if (reached.includes(at.index)) break;
      reached.push(at.index);
      await page.keyboard.press("Tab");
    }
    expect(reached).toEqual(wanted);
  });

  onItsOwn(
    "filter, shortcuts, a row, a log, a switch, stop and start",
    async ({ page, machine }) => {
      const press = (...keys: string[]) =>
        keys.reduce((all, key) => all.then(() => page.keyboard.press(key)), Promise.resolve());
      await page.goto("/");
      await expect(row(page, "TensorBoard")).toContainText("Running");

      await press("/");
      await page.keyboard.type("tensor");
      await expect(page.getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(1);
      await press("Escape", "Escape");
      await expect(page.getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(10);

      await press("j", "j", "k");
      await expect(toggle(page, "Jupyter Lab")).toBeFocused();
      await press("?");
      const sheet = page.getByRole("dialog", { name: "Keyboard" });
      await expect(sheet).toBeVisible();
      await press("Escape");
      await expect(sheet).toBeHidden();
      await expect(toggle(page, "Jupyter Lab")).toBeFocused();
      expect((await focused(page))?.isVisible).toBe(true);

      await press("j", "j", "j", "j");
      await expect(toggle(page, "TensorBoard")).toBeFocused();
      await press("Enter");
      await expect(page.getByText("[program:diffpipe]")).toBeVisible();
      await press("l");
      await expect(page.getByRole("log")).toBeFocused();
      expect((await focused(page))?.isVisible).toBe(true);
      await press("Escape");
      await expect(page.getByRole("dialog")).toBeHidden();
      await expect(toggle(page, "TensorBoard")).toBeFocused();

      await press("Tab");
      await expect(autostart(page, "TensorBoard")).toBeFocused();
      const config = machine.read("supervisord.conf");
      await press("Space");
      await expect(autostart(page, "TensorBoard")).not.toBeChecked();
      await machine.until(() => machine.read("supervisord.conf") !== config);
      await expect(autostart(page, "TensorBoard")).toBeFocused();
      await expect(autostart(page, "TensorBoard")).not.toHaveAttribute("aria-disabled");
      await press("Space");
      await machine.until(() => machine.read("supervisord.conf") === config);

      await press("Tab", "Tab", "Tab");
      await expect(button(page, "Stop TensorBoard")).toBeFocused();
      expect((await focused(page))?.isVisible).toBe(true);
      await press("Enter");
      await expect(row(page, "TensorBoard")).toContainText("Stopped");
      expect((await machine.states()).get("diffpipe")).toBe("STOPPED");
      await expect(button(page, "Stop TensorBoard")).toBeFocused();
      await press("Shift+Tab", "Shift+Tab");
      await expect(button(page, "Start TensorBoard")).toBeFocused();
      await expect(button(page, "Start TensorBoard")).not.toHaveAttribute("aria-disabled");
      await press("Enter");
      await expect(row(page, "TensorBoard")).toContainText("Running");
    },
  );
});
