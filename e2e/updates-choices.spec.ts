import { expect, updateTest as test } from "./fixtures";
import { button, row } from "./page";
import { ended, headOf, line, openPlan, plan, short } from "./update-view";

test.setTimeout(90_000);

test("another version is installed by its tag, and an older one by its commit", async ({
  page,
  comfy,
}) => {
  const first = short(headOf(comfy));
  const tagged = short(comfy.publish("two"));
  comfy.remote.tag("v2.0");
  comfy.publish("three");
  await openPlan(page);
  await button(page, "Another version").click();
  await plan(page)
    .getByRole("button", { name: /^v2\.0/ })
    .click();
  await expect(plan(page)).toContainText("Chosen");
  await expect(page).toHaveURL(/to=v2\.0/);
  await plan(page).getByRole("button", { name: "Update Comfy UI" }).click();
  await expect(ended(page).getByRole("status")).toContainText(tagged, { timeout: 30_000 });
  expect(await comfy.served()).toBe("two with widget 1.1");

  await page.goto("/?update=comfy");
  await button(page, "Another version").click();
  await page.getByRole("textbox", { name: "Version, branch, tag or commit" }).fill(first);
  await page.keyboard.press("Enter");
  await expect(plan(page)).toContainText("An older version");
  await plan(page).getByRole("button", { name: "Update Comfy UI" }).click();
  await expect(ended(page).getByRole("status")).toContainText(first, { timeout: 30_000 });
  expect(await comfy.served()).toBe("one with widget 1.0");
});

test("a version that is skipped is not offered, and the next one is", async ({ page, comfy }) => {
  const after = short(comfy.publish("two"));
  await openPlan(page);
  await button(page, "Skip this version").click();
  await expect(page.getByText(`${after} of Comfy UI is not offered again`)).toBeVisible();
  await expect(line(page)).toContainText(`skipped ${after}`);
  await expect(button(page, "Update Comfy UI")).toBeHidden();

  const next = short(comfy.publish("three"));
  await page.goto("/updates");
  await button(page, "Check now").click();
  await page.goto("/");
  await expect(line(page)).toContainText(`→ master@${next}`);
});

test("what the next boot does is chosen, and written down", async ({ page, comfy }) => {
  const before = headOf(comfy);
  await page.goto("/?update=comfy");
  await expect(plan(page)).toContainText("There is nothing to do");
  await page.getByRole("radio", { name: "Install the newest at every boot" }).check();
  await button(page, "Save").click();
  await expect(page.getByRole("dialog")).toBeHidden();
  expect(comfy.settings()).toContain("auto_update = true");
  expect(comfy.settings()).toContain(`target_ref = ""`);

  await page.goto("/?update=comfy");
  await page.getByRole("radio", { name: /^Install exactly this version/ }).check();
  await button(page, "Save").click();
  await expect(page.getByRole("dialog")).toBeHidden();
  expect(comfy.settings()).toContain(`target_ref = "${before}"`);
  comfy.publish("two");
  await page.goto("/updates");
  await button(page, "Check now").click();
  await page.goto("/");
  await expect(line(page).getByRole("img", { name: "pinned" })).toBeVisible();
  await expect(button(page, "Update Comfy UI")).toBeVisible();
});

test("a source that cannot be asked costs only its own row", async ({ page, comfy }) => {
  await page.goto("/");
  await expect(line(page)).toContainText("up to date");
  comfy.loseOrigin();
  await page.goto("/updates");
  await button(page, "Check now").click();
  await expect(page.getByRole("region", { name: "Needs a look" })).toContainText(
    "Comfy UI could not be checked",
  );
  await page.goto("/");
  await expect(line(page)).toContainText("could not ask its source");
  await expect(row(page, "Kohya")).toContainText("up to date");
});
