import type { Page } from "@playwright/test";
import { expect } from "./fixtures";
import { button, row } from "./page";
import type { UpdateMachine } from "./update-machine";

export const plan = (page: Page) => page.getByRole("dialog", { name: "Update Comfy UI" });
export const running = (page: Page) => page.getByRole("dialog", { name: "Updating Comfy UI" });
export const ended = (page: Page) => page.getByRole("dialog", { name: "Update of Comfy UI" });
export const steps = (page: Page) =>
  page.getByRole("list", { name: "Steps" }).getByRole("listitem");

export const line = (page: Page) => row(page, "Comfy UI");
export const history = (page: Page) => page.getByRole("table", { name: "Update history" });
export const short = (sha: string) => sha.slice(0, 7);
export const headOf = (comfy: UpdateMachine) => comfy.git("rev-parse", "HEAD");

/** The new version crashes after it has come up. */
export const CRASH = `import threading
def crash():
    print("ModuleNotFoundError: No module named 'xformers'", file=sys.stderr, flush=True)
    os._exit(7)
threading.Timer(1.2, crash).start()`;

/** Its update stays in the step that waits for its answer. */
export const NEVER_ANSWERS = "time.sleep(100)";

export async function openPlan(page: Page) {
  await page.goto("/");
  await button(page, "Update Comfy UI").click();
  await expect(plan(page)).toContainText("Installed");
}

export async function update(page: Page) {
  await openPlan(page);
  await plan(page).getByRole("button", { name: "Update Comfy UI" }).click();
  await expect(running(page)).toBeVisible();
}

/** Until the service is restarted and is asked whether it answers. */
export async function reachHealth(page: Page) {
  await expect(steps(page).filter({ hasText: ", running" })).toContainText("answers", {
    timeout: 30_000,
  });
}

export async function expectEnd(page: Page, sentence: string | RegExp) {
  await expect(ended(page).getByRole("status")).toHaveText(sentence, { timeout: 40_000 });
}
