import { expectAccessible } from "./axe";
import { test as base, expect } from "./fixtures";
import { Machine } from "./machine";

const PASSWORD = "correct horse 9";

/** A machine that asks for a password. */
const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
  machine: async ({}, use) => {
    const machine = new Machine({ CONTROLPILOT_PASSWORD: PASSWORD });
    await machine.start();
    await use(machine);
    await machine.end();
  },
});

test("nothing is seen before one signs in, and one comes back to where one was", async ({
  machine,
  page,
  request,
}) => {
  expect((await request.get("/api/services")).status()).toBe(401);
  expect((await request.get("/api/health")).status()).toBe(200);

  await page.goto("/updates");
  await expect(page).toHaveURL(`${machine.url}/login?next=%2Fupdates`);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await expectAccessible(page);

  await page.keyboard.type("a wrong one");
  await page.keyboard.press("Enter");
  await expect(page.getByText("That is not the password")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${machine.url}/updates`);

  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
  machine.ctl("restart", "controlpilot");
  await machine.until(async () => {
    const answer = await fetch(`${machine.url}/api/health`).catch(() => null);
    return answer?.ok ?? false;
  });
  await page.goto("/");
  await expect(page.getByRole("row").filter({ hasText: "Comfy UI" })).toContainText("Running");
});

test("a token that may only look does not act, and is nothing once revoked", async ({
  page,
  playwright,
  machine,
}) => {
  await page.goto("/settings");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByLabel("Name of a new token").fill("watcher");
  const created = page.waitForResponse("**/api/access/tokens");
  await page.getByRole("button", { name: "Create token" }).click();
  const { token } = await (await created).json();
  await expect(page.getByText(token)).toBeVisible();
  await expectAccessible(page);

  const script = await playwright.request.newContext({
    baseURL: machine.url,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  expect((await script.get("/api/services")).status()).toBe(200);
  const before = (await machine.pids()).get("comfy");
  expect((await script.post("/api/services/comfy/restart")).status()).toBe(403);
  expect((await machine.pids()).get("comfy")).toBe(before);

  await page.getByRole("button", { name: "Revoke watcher" }).click();
  await page.getByRole("button", { name: "Revoke the token" }).click();
  await expect(page.getByRole("button", { name: "Revoke watcher" })).toBeHidden();
  expect((await script.get("/api/services")).status()).toBe(401);
});
