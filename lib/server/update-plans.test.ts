import { expect, test } from "vitest";
import { HEAD, TIP } from "./testing/update-fakes";
import { NO_DISK } from "./update-disk";
import type { PlanFacts } from "./update-plan-facts";
import { createUpdatePlans } from "./update-plans";
import { NO_CHANGE } from "./update-tree";

const newest = { target: null, rollbackTo: null };
const target = { exact: TIP, branch: "master", label: "master@bbbbbbb" };

function open(changes: Partial<PlanFacts["change"]>, isBusy = false) {
  const gather = async (name: string): Promise<PlanFacts> => ({
    name,
    display: "Comfy UI",
    source: "git",
    installed: { exact: HEAD, branch: "master", label: "master@aaaaaaa" },
    expectedAt: "/repos/ComfyUI",
    checkout: {
      dir: "/repos/ComfyUI",
      branch: "master",
      hasRemote: true,
      operation: null,
      localChanges: ["main.py"],
    },
    change: { ...NO_CHANGE, packagesError: null, buildsWebUi: false, disk: NO_DISK, ...changes },
    mends: false,
    failedBefore: null,
    snapshot: null,
    isBusy,
    sharers: [],
    service: null,
    restartAfterUpdate: true,
    policy: "manual",
    configError: null,
    freeBytes: null,
  });
  return createUpdatePlans({ gather });
}

test("a job gets the exact target and the files that are in the way, without the line for commits", async () => {
  const plans = open({ target, overwrittenFiles: ["main.py"], ownCommits: 2 });
  const { plan, ...rest } = await plans.planJob("comfy", newest);
  expect(rest).toEqual({ target, overwrittenFiles: ["main.py"] });
  expect(plan.overwritten).toEqual(["2 own commits on master", "main.py"]);
});

test("a person reads what blocks an update, a job does not begin it", async () => {
  const plans = open({ target }, true);
  const sentence = "An update of Comfy UI is running. Wait for its end, or cancel it.";
  expect(await plans.plan("comfy", newest)).toMatchObject({ blockers: [sentence] });
  await expect(plans.planJob("comfy", newest)).rejects.toMatchObject({
    code: "conflict",
    message: sentence,
  });
});
