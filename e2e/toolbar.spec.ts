import { expect, test as onItsOwn, calmTest as test } from "./fixtures";
import { button, row } from "./page";

onItsOwn("those that are selected are restarted, and no other", async ({ page, machine }) => {
  await page.goto("/");
  const before = await machine.pids();
  await page.getByRole("checkbox", { name: "Select Invoke AI" }).check();
  await page.getByRole("checkbox", { name: "Select Kohya" }).check();
  const bar = page.getByRole("toolbar", { name: "Selected services" });
  await expect(bar).toContainText("2 selected");

  await bar.getByRole("button", { name: "Restart" }).click();
  await expect(page.getByText("2 services restarted")).toBeVisible();

  const after = await machine.pids();
  const changed = [...before.keys()].filter((name) => after.get(name) !== before.get(name));
  expect(changed.sort()).toEqual(["invoke", "kohya"]);
  await bar.getByRole("button", { name: "Clear selection" }).click();
  await expect(bar).toBeHidden();
});

test("a filter that matches nothing says so, and how many it hides", async ({ page }) => {
  await page.goto("/");
  const filter = page.getByRole("searchbox", { name: "Filter services" });
  await filter.fill("5555");
  await expect(page.getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(1);
  await filter.fill("nothing like it");
  await expect(page.getByText("No service matches “nothing like it”")).toBeVisible();
  await expect(page.getByText("10 services are hidden by the filter.")).toBeVisible();
  await button(page, "Clear filter").click();
  await expect(row(page, "Comfy UI")).toBeVisible();
});
