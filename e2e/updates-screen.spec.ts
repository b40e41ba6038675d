import type { Page } from "@playwright/test";
import { FIRST } from "../lib/server/testing/web-service";
import { expectAccessible } from "./axe";
import { expect, updateTest as test } from "./fixtures";
import { button } from "./page";
import {
  CRASH,
  ended,
  expectEnd,
  history,
  line,
  NEVER_ANSWERS,
  openPlan,
  plan,
  reachHealth,
  running,
  short,
  update,
} from "./update-view";

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

test.setTimeout(90_000);

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
