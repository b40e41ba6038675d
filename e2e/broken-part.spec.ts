import { expect, test } from "./fixtures";
import { button, row, tellPage } from "./page";
import { toggle } from "./services-view";

test("a part of the page that breaks says so with details to copy, and the rest goes on", async ({
  machine,
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  let isBroken = true;
  await tellPage(page, (service) =>
    isBroken && service.name === "kohya" ? { ...service, clock: null } : service,
  );
  await page.goto("/");
  await toggle(page, "Kohya").click();
  const title = "What is known of Kohya could not be shown";
  const face = page.getByRole("alert").filter({ hasText: title });
  await expect(face).toContainText("the rest of it works on");
  await expect(face.getByRole("link", { name: "Support bundle" })).toBeVisible();

  await face.getByRole("button", { name: "Copy details" }).click();
  await expect(face.getByRole("button", { name: "Copied" })).toBeVisible();
  const details = await page.evaluate(() => navigator.clipboard.readText());
  expect(details).toContain(`${title}\n`);
  expect(details).toMatch(/^ControlPilot \d+\.\d+\.\d+ at http/m);
  expect(details).toContain("TypeError");

  const before = (await machine.pids()).get("comfy");
  await button(page, "Restart Comfy UI").click();
  await machine.until(async () => {
    const now = (await machine.pids()).get("comfy");
    return now !== undefined && now !== before;
  });
  await expect(row(page, "Comfy UI")).toContainText("Running");

  isBroken = false;
  await expect(async () => {
    await face.getByRole("button", { name: "Try again" }).click({ timeout: 1000 });
    await expect(page.getByText("[program:kohya]")).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 20_000 });
});
