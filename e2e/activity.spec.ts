import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectAccessible } from "./axe";
import { expect, test } from "./fixtures";

test("what a script does is written down, and stands on the Activity page", async ({
  machine,
  page,
  request,
}) => {
  await page.goto("/activity");
  await expect(page.getByText("Nothing has been done here yet")).toBeVisible();

  await request.post("/api/services/comfy/restart");
  await request.post("/api/services/crasher/start");
  await request.post("/api/services/actions", {
    data: { action: "stop", names: ["kohya", "ghost"] },
  });
  await request.post("/api/services/comfy/settings/autostart", { data: { enabled: "maybe" } });
  const table = page.getByRole("table", { name: "Activity" });
  for (const words of ["restarted Comfy UI", "tried to start crasher", "stopped Kohya"]) {
    await expect(table.getByText(words)).toBeVisible();
  }
  await expect(table.getByRole("row")).toHaveCount(5);

  await page.getByRole("combobox", { name: "Service" }).selectOption({ label: "Comfy UI" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await page.getByRole("combobox", { name: "What" }).selectOption({ label: "Updates" });
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear filter" }).click();
  await expect(table.getByRole("row")).toHaveCount(5);
  await expectAccessible(page);

  const file = readFileSync(join(machine.dir, "config", "controlpilot-audit.jsonl"), "utf8");
  const lines = file
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ action, target, result }) => `${action} ${target} ${result}`)).toEqual([
    "service.restart comfy ok",
    "service.start crasher failed",
    "service.stop kohya ok",
    "service.stop ghost failed",
  ]);
});
