import type { Page } from "@playwright/test";

export const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("checkbox", { name: `Select ${name}` }) });

export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** A service counts as at work after a minute; a test does not wait for that, the page is told so. */
export async function pretendAtWork(page: Page, name: string) {
  // The page asks where nothing is sent.
  await page.route("**/api/events", (route) => route.abort());
  await page.route("**/api/services", async (route) => {
    const response = await route.fetch();
    const services = (await response.json()) as { name: string; running: boolean }[];
    const guarded = services.map((service) =>
      service.name === name && service.running
        ? { ...service, guarded: true, uptime_seconds: 34_860 }
        : service,
    );
    await route.fulfill({ response, json: guarded });
  });
}
