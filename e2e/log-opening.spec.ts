import { expect, calmTest as test } from "./fixtures";
import { find, line, lines, openWith, stream, text } from "./log-view";
import { button, row } from "./page";

test("opening a log sets the address, a reload keeps it open, and Back closes it", async ({
  page,
  machine,
}) => {
  machine.write("comfy.out.log", "first words\n");
  await page.goto("/");
  await button(page, "Log of Comfy UI").click();
  const dialog = page.getByRole("dialog", { name: "Comfy UI log" });
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL("/?log=comfy");

  await stream(page, "Out").click();
  await expect(page).toHaveURL("/?log=comfy&stream=out");
  await expect(line(page, "first words")).toBeVisible();
  await page.reload();
  await expect(line(page, "first words")).toBeVisible();
  await expect(stream(page, "Out")).toHaveAttribute("aria-pressed", "true");

  await page.goBack();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL("/");
  await page.goForward();
  await expect(dialog).toBeVisible();
});

test("closing a log leaves the address, and the focus where it was opened from", async ({
  page,
}) => {
  await page.goto("/");
  const opener = button(page, "Log of Comfy UI");

  await opener.click();
  await expect(text(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page).toHaveURL("/");
  await expect(opener).toBeFocused();

  await opener.click();
  await button(page, "Close").click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page).toHaveURL("/");
});

test("a message over an open log is closed by itself", async ({ page }) => {
  await page.goto("/");
  await button(page, "Start crasher").click();
  await button(page, "Log of Comfy UI").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  const message = page.getByRole("alert").filter({ hasText: "crasher did not start" });

  await message.getByRole("button", { name: "Close" }).click();
  await expect(message).toBeHidden();
  await expect(page.getByRole("dialog", { name: "Comfy UI log" })).toBeVisible();
});

test("a link leads straight to a log, and closing it stays on the page", async ({ page }) => {
  await page.goto("/?log=comfy&stream=err");
  const dialog = page.getByRole("dialog", { name: "Comfy UI log" });
  await expect(dialog).toBeVisible();
  await expect(stream(page, "Err")).toHaveAttribute("aria-pressed", "true");

  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL("/");
  await expect(row(page, "Comfy UI")).toContainText("Running");

  await page.goto("/?log=nobody");
  await expect(page.getByRole("dialog")).toContainText('There is no service "nobody"');
});

test("the streams are told with their sizes, and stand together or alone", async ({
  page,
  machine,
}) => {
  machine.write("comfy.out.log", "short\n");
  await openWith(page, machine, `${"x".repeat(4999)}\n`);

  await expect(page.getByRole("heading", { name: "Comfy UI log" })).toBeVisible();
  await expect(stream(page, "Out")).toContainText("6 B");
  await expect(stream(page, "Err")).toContainText("5.0 KB");

  await find(page).fill("short");
  await stream(page, "Out").click();
  await expect(lines(page)).toHaveText(["short"]);
  await expect(page.getByRole("search")).toContainText("1 of 1");
  await find(page).fill("");
  await stream(page, "Both").click();
  await expect(lines(page)).toHaveText([/short|x{4999}/, /short|x{4999}/]);
});
