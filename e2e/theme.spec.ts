import type { Page } from "@playwright/test";
import { expect, calmTest as test } from "./fixtures";
import { button, row } from "./page";

test.describe("the theme", () => {
  const background = (page: Page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  test("that was chosen is there before anything is drawn", async ({ page }) => {
    await page.addInitScript(() => {
      localStorage.setItem("controlpilot.theme", "dark");
      const observer = new MutationObserver(() => {
        if (document.body === null) return;
        const { documentElement } = document;
        documentElement.setAttribute("data-seen", documentElement.dataset.theme ?? "none");
        observer.disconnect();
      });
      observer.observe(document, { childList: true, subtree: true });
    });
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto("/", { waitUntil: "commit" });
    await expect(page.locator("html")).toHaveAttribute("data-seen", "dark");
    await page.waitForLoadState("domcontentloaded");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(button(page, "Dark")).toHaveAttribute("aria-pressed", "true");
  });

  test("follows the system until one is chosen, and again when that is given up", async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto("/");
    await expect(row(page, "Comfy UI")).toBeVisible();
    const light = await background(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await background(page);
    expect(dark).not.toBe(light);

    await button(page, "Light").click();
    expect(await background(page)).toBe(light);
    await page.reload();
    await expect(button(page, "Light")).toHaveAttribute("aria-pressed", "true");
    expect(await background(page)).toBe(light);

    await button(page, "As the system").click();
    expect(await background(page)).toBe(dark);
  });
});
