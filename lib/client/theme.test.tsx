// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { themeIcons } from "@/components/layout/theme-icons";
import { ThemeSwitch } from "@/components/layout/theme-switch";

afterEach(() => {
  cleanup();
  localStorage.clear();
  delete document.documentElement.dataset.theme;
});

test("a theme is applied, kept, and given up for the system's again", async () => {
  render(<ThemeSwitch icons={themeIcons} />);
  expect(pressed()).toBe("As the system");

  await userEvent.click(screen.getByRole("button", { name: "Dark" }));
  expect(pressed()).toBe("Dark");
  expect(document.documentElement.dataset.theme).toBe("dark");

  await userEvent.click(screen.getByRole("button", { name: "As the system" }));
  expect(document.documentElement.dataset.theme).toBeUndefined();
  expect(localStorage).toHaveLength(0);
});

test("the script of the page's head applies what was kept", async () => {
  render(<ThemeSwitch icons={themeIcons} />);
  await userEvent.click(screen.getByRole("button", { name: "Light" }));
  delete document.documentElement.dataset.theme;

  await import(`file://${process.cwd()}/public/theme.js`);
  expect(document.documentElement.dataset.theme).toBe("light");
});

function pressed() {
  return screen.getByRole("button", { pressed: true }).getAttribute("aria-label");
}
