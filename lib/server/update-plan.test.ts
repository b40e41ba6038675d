import { describe, expect, test } from "vitest";
import { UpdatePlan } from "@/lib/contract/updates";
import { HEAD, TIP } from "./testing/update-fakes";
import { planUpdate } from "./update-plan";
import type { ChangeFacts, CheckoutFacts, PlanFacts } from "./update-plan-facts";

const MB = 1024 * 1024;
const GB = 1024 * MB;
const CHANGE: ChangeFacts = {
  target: { exact: TIP, branch: "master", label: "master@bbbbbbb" },
  targetError: null,
  isDowngrade: false,
  commits: [],
  commitsTotal: 3,
  requirementsChanged: false,
  requirementsDiff: [],
  packagesError: null,
  submodulesChanged: [],
  buildsWebUi: false,
  overwrittenFiles: [],
  ownCommits: 0,
  disk: { packages: [], packageBytes: 0, treeBytes: 0, webUiBytes: 0, databaseBytes: 0 },
};
const CHECKOUT: CheckoutFacts = {
  dir: "/repos/ComfyUI",
  branch: "master",
  hasRemote: true,
  operation: null,
  localChanges: [],
};
const FACTS: PlanFacts = {
  name: "comfy",
  display: "Comfy UI",
  source: "git",
  installed: { exact: HEAD, branch: "master", label: "master@aaaaaaa" },
  expectedAt: "/repos/ComfyUI",
  checkout: CHECKOUT,
  change: CHANGE,
  mends: false,
  failedBefore: null,
  snapshot: null,
  isBusy: false,
  sharers: [],
  service: { running: true, restartable: true },
  restartAfterUpdate: true,
  policy: "manual",
  configError: null,
  freeBytes: 10 * GB,
};

type Changes = Omit<Partial<PlanFacts>, "change" | "checkout"> & {
  change?: Partial<ChangeFacts>;
  checkout?: Partial<CheckoutFacts>;
};

function plan({ change, checkout, ...facts }: Changes = {}): UpdatePlan {
  return planUpdate({
    ...FACTS,
    ...facts,
    change: { ...CHANGE, ...change },
    checkout: { ...CHECKOUT, ...checkout },
  });
}

const there = { target: { exact: HEAD, branch: "master", label: "master@aaaaaaa" } };
const sharer = { name: "kohya", display: "Kohya", running: true, isBusy: false };

test("a plan fits the contract and can start where nothing is in its way", () => {
  const answer = plan({ sharers: [sharer] });
  expect(UpdatePlan.parse(answer)).toEqual(answer);
  expect(answer).toMatchObject({
    from: "master@aaaaaaa",
    to: "master@bbbbbbb",
    target: TIP,
    nothing_to_do: false,
    blockers: [],
    notes: [],
    shares_venv_with: [{ name: "kohya", display: "Kohya", running: true }],
  });
});

describe("blockers", () => {
  test.each<[string, Changes, string]>([
    [
      "not installed",
      { installed: null },
      "Comfy UI is not installed: there is nothing at /repos/ComfyUI. Install it there first.",
    ],
    [
      "a config that cannot be read",
      { configError: "service-updates.toml, line 3, column 1: no TOML." },
      "service-updates.toml, line 3, column 1: no TOML.",
    ],
    [
      "a job of its own",
      { isBusy: true },
      "An update of Comfy UI is running. Wait for its end, or cancel it.",
    ],
    [
      "a job in the same environment",
      { sharers: [{ ...sharer, isBusy: true }] },
      "Kohya is being updated in the same Python environment. Wait for its end, or cancel it.",
    ],
    [
      "an unknown target",
      { change: { target: null, targetError: 'There is no branch, tag or commit "nope".' } },
      'There is no branch, tag or commit "nope".',
    ],
    [
      "a rebase",
      { checkout: { operation: "rebase" } },
      'A rebase was begun in /repos/ComfyUI. Finish it, or give it up with "git rebase --abort".',
    ],
    [
      "a bisect",
      { checkout: { operation: "bisect" } },
      'A bisect was begun in /repos/ComfyUI. Finish it, or give it up with "git bisect reset".',
    ],
    [
      "no remote",
      { checkout: { hasRemote: false }, change: { target: null } },
      '/repos/ComfyUI has no remote to update from. Add one with "git remote add origin".',
    ],
    [
      "a full disk",
      { freeBytes: 100 * MB },
      "It needs about 200 MB, and 100 MB are free. Make room on the disk first.",
    ],
  ])("%s", (_title, changes, sentence) => {
    expect(plan(changes).blockers).toEqual([sentence]);
  });

  test.each<[string, Changes]>([
    ["a disk that cannot be asked", { freeBytes: null }],
    ["somebody else in the same environment", { sharers: [sharer] }],
    ["local edits, which may be kept on a branch", { change: { overwrittenFiles: ["main.py"] } }],
    ["going back without a remote", { checkout: { hasRemote: false } }],
    ["a supervisord that is away", { service: null }],
  ])("%s is none", (_title, changes) => {
    expect(plan(changes).blockers).toEqual([]);
  });
});

describe("nothing to do", () => {
  const snapshot = { takenAt: "2026-11-23T10:00:00.000Z", database: false };
  const moved = { ...CHANGE.disk, packages: [{ name: "numpy", from: "2.0", to: "1.26" }] };
  test.each<[string, Changes, boolean]>([
    ["the target is there", { change: there }, true],
    ["it is not", {}, false],
    ["the target is there, but half", { change: there, mends: true }, false],
    ["the target is not known", { change: { target: null } }, false],
    ["a rollback to the same commit with the same packages", { change: there, snapshot }, true],
    [
      "a rollback to the same commit with others",
      { change: { ...there, disk: moved }, snapshot },
      false,
    ],
    [
      "a rollback whose packages are not known",
      { change: { ...there, disk: { ...moved, packages: null } }, snapshot },
      false,
    ],
  ])("%s: %s", (_title, changes, expected) => {
    expect(plan(changes).nothing_to_do).toBe(expected);
  });
});

describe("notes", () => {
  test.each<[string, Changes, string]>([
    ["mending", { mends: true }, "The last update of Comfy UI ended half done. This mends it."],
    [
      "a try that failed",
      { failedBefore: "It did not come up." },
      "The last try to get there failed: It did not come up.",
    ],
    [
      "a downgrade",
      { change: { isDowngrade: true } },
      "It goes back: the commits listed are taken away.",
    ],
    [
      "packages that are not known",
      { change: { packagesError: "There was no answer in 25 s." } },
      "Which packages change will be known only when it runs: There was no answer in 25 s.",
    ],
    ["supervisord away", { service: null }, "supervisord cannot be asked whether it runs."],
    [
      "no restart",
      { restartAfterUpdate: false },
      "restart_after_update is off: the old version runs on until you restart Comfy UI.",
    ],
    [
      "a database",
      { snapshot: { takenAt: "2026-11-23T10:00:00.000Z", database: true } },
      "Its database goes back to 2026-11-23T10:00:00.000Z if the newer version has changed its layout; the one of now is kept beside it.",
    ],
  ])("%s", (_title, changes, sentence) => {
    expect(plan(changes).notes).toEqual([sentence]);
  });
});

test("own commits need the user's word, like edits, and are told first", () => {
  const answer = plan({ change: { ownCommits: 3, overwrittenFiles: ["main.py"] } });
  expect(answer.overwritten).toEqual(["3 own commits on master", "main.py"]);
  expect(answer.notes).toEqual([
    "master has 3 own commits that the target does not have. They are kept on the branch of your edits.",
  ]);
});

test.each<[string, Changes, { restarts: boolean; runs_now: boolean }]>([
  ["runs", {}, { restarts: true, runs_now: true }],
  [
    "keeps crashing",
    { service: { running: false, restartable: true } },
    { restarts: true, runs_now: false },
  ],
  [
    "is stopped",
    { service: { running: false, restartable: false } },
    { restarts: false, runs_now: false },
  ],
  ["may not be restarted", { restartAfterUpdate: false }, { restarts: false, runs_now: true }],
  ["cannot be asked about", { service: null }, { restarts: false, runs_now: false }],
])("a service that %s", (_title, changes, expected) => {
  expect(plan(changes)).toMatchObject(expected);
});

describe("disk", () => {
  const disk = CHANGE.disk;
  test.each<[string, Partial<typeof disk>, number]>([
    ["keeps a reserve", {}, 200 * MB],
    [
      "twice what is replaced",
      { packageBytes: 10 * MB, treeBytes: 5 * MB, webUiBytes: 100 * MB },
      430 * MB,
    ],
    ["once the database", { databaseBytes: 50 * MB }, 250 * MB],
    [
      "a guess for what is new",
      {
        packages: [
          { name: "a", from: null, to: "1" },
          { name: "b", from: "1", to: null },
        ],
      },
      220 * MB,
    ],
    ["a large guess where nothing is known", { packages: null }, 1224 * MB],
  ])("%s", (_title, changes, needed) => {
    expect(plan({ change: { disk: { ...disk, ...changes } } }).disk).toEqual({
      needed_bytes: needed,
      free_bytes: 10 * GB,
    });
  });
});
