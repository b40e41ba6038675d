import { devices, type Page } from "@playwright/test";
import { expect, test as onItsOwn, calmTest as test } from "./fixtures";
import { button } from "./page";
import { autostart, openFailure, toggle } from "./services-view";

const WIDTHS = [390, 800, 1440, 2560];

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

test("nothing is wider than the screen", async ({ page, machine }) => {
  await openFailure(page, machine);
  await toggle(page, "Comfy UI").click();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `the page at ${width} px`).toBeLessThanOrEqual(0);
  }
  machine.write("kohya.err.log", `${"word ".repeat(500)}\n${"x".repeat(3000)}\n`);
  await page.goto("/?log=kohya&stream=err");
  await expect(page.getByRole("log")).toContainText("word");
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `a log at ${width} px`).toBeLessThanOrEqual(0);
  }
});

test("the sum of all services is one line on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto("/");
  const glance = page.getByRole("region", { name: "At a glance" });
  await expect(glance.getByRole("img")).toHaveCount(10);
  expect((await glance.getByRole("list").boundingBox())?.height).toBeLessThan(20);
});

test.describe("on a phone", () => {
  const { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch } = devices["iPhone 14"];
  test.use({
    viewport: { ...viewport, width: 390, height: 844 },
    userAgent,
    deviceScaleFactor,
    isMobile,
    hasTouch,
  });

  onItsOwn(
    "a service is restarted, its log read, its autostart switched",
    async ({ page, machine }) => {
      await page.goto("/");
      const before = (await machine.pids()).get("ai-toolkit");
      await button(page, "Restart AI Toolkit").tap();
      const card = page.getByRole("row").filter({ hasText: "AI Toolkit" });
      await expect(card).toContainText("Restarting");
      await expect(card).toContainText("Running");
      expect((await machine.pids()).get("ai-toolkit")).not.toBe(before);

      await button(page, "Log of AI Toolkit").tap();
      const log = page.getByRole("dialog", { name: "AI Toolkit log" });
      await expect(log).toContainText("steps: 50%");
      await page.getByRole("button", { name: "Out", exact: true }).tap();
      await expect(log).toContainText("ai-toolkit is up");
      await button(page, "Close").tap();
      await expect(log).toBeHidden();

      const config = machine.read("supervisord.conf");
      await autostart(page, "AI Toolkit").tap();
      await expect(autostart(page, "AI Toolkit")).not.toBeChecked();
      await machine.until(() => machine.read("supervisord.conf") !== config);
      await expect(autostart(page, "AI Toolkit")).not.toHaveAttribute("aria-disabled");
      await autostart(page, "AI Toolkit").tap();
      await machine.until(() => machine.read("supervisord.conf") === config);
    },
  );

  test("the sheet behind More switches the theme", async ({ page }) => {
    await page.goto("/");
    await button(page, "More").tap();
    await button(page, "Dark").tap();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.getByRole("dialog", { name: "More" }).getByText("Close").tap();
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});
