import type { Page } from "@playwright/test";
import { expect } from "./fixtures";
import type { Machine } from "./machine";
import { row } from "./page";

export const toggle = (page: Page, name: string) => row(page, name).locator("[data-row-toggle]");
export const autostart = (page: Page, name: string) =>
  page.getByRole("switch", { name: `Autostart ${name}` });

/** The page with a failed service whose row is open. */
export async function openFailure(page: Page, machine: Machine) {
  if ((await machine.states()).get("crasher") !== "FATAL") {
    await page.request.post(`${machine.url}/api/services/crasher/start`);
  }
  await page.goto("/");
  await toggle(page, "crasher").click();
  await expect(page.getByRole("region", { name: "Why crasher is down" })).toContainText(
    "ModuleNotFoundError",
  );
}
