import type { Page } from "@playwright/test";

/** As the page gets it. */
type Told = { name: string; running: boolean };

export const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("checkbox", { name: `Select ${name}` }) });

export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** A service counts as at work after a minute; a test does not wait for that, the page is told so. */
export async function pretendAtWork(page: Page, name: string) {
  await tellPage(page, (service) =>
    service.name === name && service.running
      ? { ...service, guarded: true, uptime_seconds: 34_860 }
      : service,
  );
}

/** What the page hears of each service goes through `change`. */
export async function tellPage(page: Page, change: (service: Told) => object) {
  // The page asks where nothing is sent.
  await page.route("**/api/events", (route) => route.abort());
  await page.route("**/api/services", async (route) => {
    const response = await route.fetch();
    const services = (await response.json()) as Told[];
    await route.fulfill({ response, json: services.map(change) });
  });
}
