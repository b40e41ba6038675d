import type { Page } from "@playwright/test";
import { FIRST } from "../lib/server/testing/web-service";
import { expectAccessible } from "./axe";
import { expect, updateTest as test } from "./fixtures";
import { button, row } from "./page";
import type { UpdateMachine } from "./update-machine";

const plan = (page: Page) => page.getByRole("dialog", { name: "Update Comfy UI" });
const running = (page: Page) => page.getByRole("dialog", { name: "Updating Comfy UI" });
const ended = (page: Page) => page.getByRole("dialog", { name: "Update of Comfy UI" });
const steps = (page: Page) => page.getByRole("list", { name: "Steps" }).getByRole("listitem");
const line = (page: Page) => row(page, "Comfy UI");
const history = (page: Page) => page.getByRole("table", { name: "Update history" });
const short = (sha: string) => sha.slice(0, 7);
const headOf = (comfy: UpdateMachine) => comfy.git("rev-parse", "HEAD");

/** The new version crashes after it has come up. */
const CRASH = `import threading
def crash():
    print("ModuleNotFoundError: No module named 'xformers'", file=sys.stderr, flush=True)
    os._exit(7)
threading.Timer(1.2, crash).start()`;
/** Its update stays in the step that waits for its answer. */
const NEVER_ANSWERS = "time.sleep(100)";

test.setTimeout(90_000);

async function openPlan(page: Page) {
  await page.goto("/");
  await button(page, "Update Comfy UI").click();
  await expect(plan(page)).toContainText("Installed");
}

async function update(page: Page) {
  await openPlan(page);
  await plan(page).getByRole("button", { name: "Update Comfy UI" }).click();
  await expect(running(page)).toBeVisible();
}

/** Until the service is restarted and is asked whether it answers. */
async function reachHealth(page: Page) {
  await expect(steps(page).filter({ hasText: ", running" })).toContainText("answers", {
    timeout: 30_000,
  });
}

async function expectEnd(page: Page, sentence: string | RegExp) {
  await expect(ended(page).getByRole("status")).toHaveText(sentence, { timeout: 40_000 });
}

const focusedIn = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest("[role=row]")?.textContent ?? "");

/** As often as it takes, but not round and round. */
async function tabTo(page: Page, name: string | RegExp) {
  const wanted = page.locator(":focus").and(page.getByLabel(name).or(page.getByText(name)));
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await wanted.count()) > 0) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${name}`);
}

async function expectToFit(page: Page, what: string) {
  for (const width of [360, 390, 800, 901, 1041, 1240, 1440, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(() => {
      const boxes = document.querySelectorAll(".service-row > *, .history-row > *, .drawer > *");
      const wide = [...boxes].filter((box) => box.scrollWidth > box.clientWidth + 1);
      const page = document.documentElement.scrollWidth - window.innerWidth;
      return {
        page,
        wide: wide.map(({ className, textContent }) => `${className}: ${textContent}`),
      };
    });
    expect(over, `${what} at ${width} px`).toEqual({ page: 0, wide: [] });
  }
}

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

test("with the keyboard alone a version is chosen, installed, and its end read", async ({
  page,
  comfy,
}) => {
  const after = short(comfy.publish("two"));
  comfy.publish("three");
  await page.goto("/");
  await button(page, "Update Comfy UI").focus();
  await page.keyboard.press("Enter");
  await expect(plan(page)).toContainText("What is new");
  const press = async (name: string) => {
    await tabTo(page, name);
    await page.keyboard.press("Enter");
  };
  await press("Another version");
  await expect(page.getByRole("textbox", { name: /^Version, branch/ })).toBeFocused();
  await page.keyboard.type(after);
  await page.keyboard.press("Enter");
  await expect(plan(page)).toContainText("Chosen");
  await tabTo(page, /^Install exactly this version/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await press("Update Comfy UI");
  await expect(running(page)).toBeVisible();
  await tabTo(page, "Output");
  await expectEnd(page, `Comfy UI runs master@${after}.`);
  await press("Whole output");
  await expect(page.getByRole("log", { name: "Output of the update" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(ended(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect.poll(() => focusedIn(page)).toContain("Comfy UI");
});

test("no fault that axe knows, from the plan to the end and in the history", async ({
  page,
  comfy,
}) => {
  test.setTimeout(180_000);
  comfy.publish("two", { before: CRASH });
  comfy.edit("main.py", `${FIRST["main.py"]}# my own edit\n`);
  await openPlan(page);
  await button(page, "Another version").click();
  await expect(page.getByRole("region", { name: "Branches" })).toBeVisible();
  await expectAccessible(page);
  await plan(page).getByText("Keep my edits on a branch and update").click();
  await plan(page).getByRole("button", { name: "Update Comfy UI" }).click();
  await expectEnd(page, /^Rolled back/);
  await expectAccessible(page);
  await button(page, "Failed log").click();
  await expect(page.getByRole("log")).toContainText("$ git");
  await expectAccessible(page);

  comfy.publish("three", { before: NEVER_ANSWERS });
  await page.goto("/updates");
  await button(page, "Check now").click();
  await button(page, "Look at it, Comfy UI").click();
  await plan(page).getByText("Keep my edits on a branch and update").click();
  await plan(page).getByRole("button", { name: "Update Comfy UI" }).click();
  await reachHealth(page);
  await expectAccessible(page);
  await button(page, "Close; the update goes on").click();
  await expectAccessible(page);
  await page.goto("/");
  await expect(button(page, "Watch the update of Comfy UI")).toBeVisible();
  await expectAccessible(page);
});

test("nothing is wider than the screen, whatever a version is doing", async ({ page, comfy }) => {
  comfy.publish("two", { before: NEVER_ANSWERS });
  await update(page);
  await reachHealth(page);
  await expectToFit(page, "the job");
  await button(page, "Close; the update goes on").click();
  await expect(line(page)).toContainText("Updating");
  await expectToFit(page, "the row");
  await page.goto("/updates");
  await expect(history(page)).toContainText("Running");
  await expectToFit(page, "the history");
});
