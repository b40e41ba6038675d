import type { Page } from "@playwright/test";
import { expect } from "./fixtures";
import type { Machine } from "./machine";

export const text = (page: Page) => page.getByRole("log");
export const lines = (page: Page) => text(page).locator(".log-line");
export const line = (page: Page, content: string | RegExp) =>
  lines(page).filter({ hasText: content });

export const stream = (page: Page, name: "Both" | "Out" | "Err") =>
  page.getByRole("group", { name: "Stream" }).getByRole("button", { name, exact: true });

export const find = (page: Page) => page.getByRole("textbox", { name: "Find in this log" });
export const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}.\n`).join("");

/** Opens the err log of Comfy UI at its end, with nothing in it but `content`. */
export async function openWith(page: Page, machine: Machine, content: string | Uint8Array) {
  machine.write("comfy.err.log", content);
  await page.goto("/?log=comfy&stream=err");
  await expect(lines(page).first()).toBeAttached();
}
