import { expect, updateTest as test } from "./fixtures";
import { button, row } from "./page";
import {
  CRASH,
  ended,
  expectEnd,
  headOf,
  history,
  line,
  NEVER_ANSWERS,
  openPlan,
  plan,
  reachHealth,
  running,
  short,
  steps,
  update,
} from "./update-view";

test.setTimeout(90_000);

test("an update is offered, read, watched, and done", async ({ page, comfy }) => {
  const before = short(headOf(comfy));
  const after = short(comfy.publish("two", { subject: "Faster sampling" }));
  await page.goto("/");
  await expect(line(page)).toContainText(`master@${before}`);
  await expect(line(page)).toContainText(`→ master@${after}`);
  await expect(page.getByRole("link", { name: /^Updates/ })).toContainText("1");
  await expect(row(page, "Kohya")).toContainText("up to date");
  await expect(row(page, "Jupyter Lab")).toContainText("Part of the image");

  await button(page, "Update Comfy UI").click();
  await expect(plan(page)).toContainText("Faster sampling");
  await expect(plan(page)).toContainText("1 commit behind");
  await expect(plan(page)).toContainText("widget");
  await plan(page).getByRole("button", { name: "Update Comfy UI" }).click();
  await expect(running(page).getByRole("log")).toContainText("$ git", { timeout: 40_000 });
  await expect(steps(page)).toHaveCount(8);
  await expectEnd(page, `Comfy UI runs master@${after}.`);
  expect(await comfy.served()).toBe("two with widget 1.1");

  await button(page, "Close").click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(line(page)).toContainText("Running");
  await expect(line(page)).toContainText(`master@${after}`);
  await expect(line(page)).toContainText("up to date");
  await expect(button(page, "Update Comfy UI")).toBeHidden();
  await expect(page).toHaveTitle("Services · ControlPilot");
});

test("a new version that crashes is taken back before one's eyes", async ({ page, comfy }) => {
  const before = short(headOf(comfy));
  const after = short(comfy.publish("two", { before: CRASH }));
  await update(page);
  await expectEnd(page, `Rolled back. Comfy UI runs master@${before} as before.`);
  await expect(ended(page)).toContainText("Comfy UI does not stay up");
  await expect(ended(page)).toContainText(`${after} is not offered again here.`);
  await expect(page.getByRole("region", { name: "Lines of its log" })).toContainText(
    "No module named 'xformers'",
  );
  expect(await comfy.served()).toBe("one with widget 1.0");

  await button(page, "Failed log").click();
  await expect(page.getByRole("log", { name: "Output of the update" })).toContainText("$ git");
  await button(page, "Close").click();
  await button(page, "Close").click();
  await expect(line(page)).toContainText(new RegExp(`${after} failed .* ago`));
  await expect(button(page, "Update Comfy UI")).toBeHidden();
  await button(page, "Look at the failed update of Comfy UI").click();
  await expect(ended(page)).toContainText("Comfy UI does not stay up");

  const next = short(comfy.publish("three"));
  await page.goto("/updates");
  await button(page, "Check now").click();
  await button(page, "Look at it, Comfy UI").click();
  await expect(plan(page)).toContainText(`master@${next}`);
});

test("an update that is cancelled leaves the old version running", async ({ page, comfy }) => {
  const before = short(headOf(comfy));
  comfy.publish("two", { before: NEVER_ANSWERS });
  await update(page);
  await reachHealth(page);
  await button(page, `Cancel the update of Comfy UI, keep ${before}`).click();
  await expect(running(page)).toContainText(`Putting ${before} back…`);
  await expectEnd(page, `Cancelled. Comfy UI runs master@${before} as before.`);
  expect(await comfy.served()).toBe("one with widget 1.0");
  await button(page, "Close").click();
  await expect(button(page, "Update Comfy UI")).toBeVisible();
});

test("what was there before is put back by hand", async ({ page, comfy }) => {
  const before = short(headOf(comfy));
  const after = short(comfy.publish("two", { subject: "Faster sampling" }));
  await update(page);
  await expectEnd(page, `Comfy UI runs master@${after}.`);

  await page.goto("/updates");
  await expect(history(page).getByRole("row").nth(1)).toContainText("Installed");
  await button(page, `Back to ${before}, Comfy UI`).click();
  const back = page.getByRole("dialog", { name: `Put back ${before}` });
  await expect(back).toContainText("Faster sampling");
  await back.getByRole("button", { name: `Put back ${before}` }).click();
  const end = page.getByRole("dialog", { name: "Rollback of Comfy UI" });
  await expect(end.getByRole("status")).toHaveText(`Comfy UI runs master@${before}.`, {
    timeout: 30_000,
  });
  expect(await comfy.served()).toBe("one with widget 1.0");
  await button(page, "Close").click();
  await expect(history(page).getByRole("row").nth(1)).toContainText("Went back");
});

test("a page that is loaded anew finds the job again", async ({ page, comfy }) => {
  const waits = `while not os.path.exists("${comfy.gate}"): time.sleep(0.1)`;
  const after = short(comfy.publish("two", { before: waits }));
  await update(page);
  await reachHealth(page);
  const seen = await steps(page).allInnerTexts();
  await page.reload();
  await expect(running(page)).toBeVisible();
  expect((await steps(page).allInnerTexts()).slice(0, 6)).toEqual(seen.slice(0, 6));
  await expect(page).toHaveTitle("Updating Comfy UI 7/8 · Services · ControlPilot");

  await button(page, "Close; the update goes on").click();
  await expect(line(page)).toContainText("Updating, step 7 of 8");
  await expect(button(page, "Restart Comfy UI")).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("link", { name: /^Updates/ }).click();
  await expect(page).toHaveTitle("Updating Comfy UI 7/8 · Updates · ControlPilot");
  await expect(history(page).getByRole("row").nth(1)).toContainText("Running");
  comfy.openGate();
  await expect(page.getByText(`Comfy UI runs master@${after}.`)).toBeVisible({ timeout: 30_000 });
  await expect(history(page).getByRole("row").nth(1)).toContainText("Installed");
});

test("edits in the way are kept on a branch that is named", async ({ page, comfy }) => {
  const after = short(comfy.publish("two"));
  comfy.edit("main.py", "print('my own edit')\n");
  await openPlan(page);
  await expect(plan(page)).toContainText("Your edits are in the way");
  await expect(plan(page).getByRole("list").filter({ hasText: "main.py" })).toBeVisible();
  const begin = plan(page).getByRole("button", { name: "Update Comfy UI" });
  await expect(begin).toBeDisabled();
  await plan(page).getByText("Keep my edits on a branch and update").click();
  await begin.click();
  await expectEnd(page, `Comfy UI runs master@${after}.`);
  const { id } = await comfy.job();
  await expect(ended(page)).toContainText(`Your edits are on the branch controlpilot/edits-${id}`);
  expect(comfy.git("show", `controlpilot/edits-${id}:main.py`)).toContain("my own edit");
});

test("a job that was cut off is put back, and says so", async ({ page, comfy }) => {
  const before = short(headOf(comfy));
  comfy.publish("two", { before: NEVER_ANSWERS });
  await update(page);
  await reachHealth(page);
  const { pid } = await comfy.job();
  process.kill(Number(pid), "SIGKILL");
  await expect(running(page)).toContainText(`Putting ${before} back…`);
  await expectEnd(page, `Rolled back. Comfy UI runs master@${before} as before.`);
  expect(await comfy.served()).toBe("one with widget 1.0");
});
