import { describe, expect, test } from "vitest";
import { ServiceVersion } from "@/lib/contract/updates";
import { aCheckout, aComparison, HEAD, TIP } from "./testing/update-fakes";
import { type LastJob, NOTHING_KNOWN, type RowFacts, versionRow } from "./version-row";

const CHECKED_AT = Date.UTC(2026, 10, 23, 12);

function git(changes: Partial<RowFacts> = {}): RowFacts {
  return {
    ...NOTHING_KNOWN,
    name: "comfy",
    display: "Comfy UI",
    source: "git",
    installed: { kind: "git", repoDir: "/r", venvDir: null, checkout: aCheckout() },
    newest: { exact: TIP, branch: "master", label: "master@bbbbbbb" },
    checkedAt: CHECKED_AT,
    comparison: aComparison(),
    requirements: ["requirements.txt"],
    ...changes,
  };
}

function pip(version: string, newest: string | null, changes: Partial<RowFacts> = {}): RowFacts {
  return git({
    source: "pip",
    installed: { kind: "pip", venvDir: "/v", version },
    newest: newest === null ? null : { exact: newest, branch: null, label: newest },
    comparison: null,
    requirements: [],
    ...changes,
  });
}

function failureAt(target: string): LastJob["failures"][number] {
  return {
    jobId: "20261123T110000-abc123",
    target,
    error: "It did not come up.",
    endedAt: CHECKED_AT,
  };
}

function aJob(changes: Partial<LastJob> = {}): LastJob {
  return {
    id: "20261123T110000-abc123",
    state: "rolled_back",
    failures: [failureAt(TIP)],
    whole: true,
    isRunning: false,
    interruptedAt: null,
    ...changes,
  };
}

const skip = (target: string) => ({ policy: "manual" as const, pinned: null, skip: target });
const same = { exact: HEAD, branch: "master", label: "master@aaaaaaa" };

describe("an update is offered", () => {
  test.each<[string, RowFacts, boolean]>([
    ["with commits that are missing here", git(), true],
    ["not at the newest", git({ newest: same, comparison: null }), false],
    [
      "not with own commits alone",
      git({ comparison: aComparison({ behind: 0, ahead: 2 }) }),
      false,
    ],
    ["where both sides have commits", git({ comparison: aComparison({ ahead: 2 }) }), true],
    ["where its commits cannot be brought here", git({ comparison: null }), true],
    ["not before its commits are known", git({ comparison: null, isChecking: true }), false],
    ["not where the source never answered", git({ newest: null, comparison: null }), false],
    ["not where the newest is skipped", git({ choice: skip(TIP) }), false],
    ["not where it is skipped by a short commit", git({ choice: skip("bbbbbbb") }), false],
    ["where another one is skipped", git({ choice: skip("ccccccc") }), true],
    ["not where the newest failed before", git({ job: aJob() }), false],
    [
      "where an older one failed",
      git({ job: aJob({ failures: [failureAt("c".repeat(40))] }) }),
      true,
    ],
    ["where it was cancelled", git({ job: aJob({ state: "cancelled", failures: [] }) }), true],
    ["while a job for it runs", git({ job: aJob({ state: "running", isRunning: true }) }), true],
    ["of a package", pip("6.10.0", "6.11.1"), true],
    ["not of a package that is newer than the index", pip("6.12.0", "6.11.1"), false],
    ["by PEP 440, not by letters", pip("6.9.0", "6.10.0"), true],
    ["from a pre-release to its release", pip("6.11.0rc1", "6.11.0"), true],
    ["not where the index has none", pip("6.10.0", null), false],
    ["not for the same version written otherwise", pip("6.10", "6.10.0"), false],
    [
      "not for a skipped version written otherwise",
      pip("6.9", "6.10.0", { choice: skip("6.10") }),
      false,
    ],
  ])("%s", (_title, facts, expected) => {
    expect(versionRow(facts).update_available).toBe(expected);
  });
});

describe("detail", () => {
  const unfetched = "What the newest version brings could not be fetched.";
  test.each<[string, RowFacts, string | null]>([
    ["nothing where the rest says it all", git(), null],
    ["image", { ...git(), source: "image", installed: null }, "Part of the image."],
    ["not installed", git({ installed: null }), "Not installed."],
    ["unreadable", git({ installed: null, unread: "/r is damaged." }), "/r is damaged."],
    ["not read yet", git({ installed: null, isChecking: true }), null],
    [
      "interrupted, whatever else there is",
      git({
        job: aJob({ whole: false, state: "error", interruptedAt: "Install packages" }),
        choice: skip(TIP),
      }),
      "The last update was interrupted at “Install packages”. Roll it back, or update again, to mend it.",
    ],
    ["skipped", git({ choice: skip(TIP) }), "master@bbbbbbb is skipped."],
    ["failed", git({ job: aJob() }), "The update to master@bbbbbbb failed: It did not come up."],
    ["bad config", git({ choiceError: "line 3 is no TOML." }), "line 3 is no TOML."],
    [
      "one own commit",
      git({ comparison: aComparison({ behind: 0, ahead: 1 }) }),
      "1 own commit that the remote does not have.",
    ],
    [
      "diverged",
      git({ comparison: aComparison({ ahead: 3 }) }),
      "3 own commits here; an update keeps them on a branch.",
    ],
    ["not fetched", git({ comparison: null, comparisonError: unfetched }), unfetched],
    [
      "newer than the index",
      pip("6.12.0", "6.11.1"),
      "Newer than 6.11.1, the newest at the index.",
    ],
    ["unknown at the index", pip("6.12.0", null), "The package index has no version of it."],
    [
      "no remote",
      git({
        installed: {
          kind: "git",
          repoDir: "/r",
          venvDir: null,
          checkout: aCheckout({ followed: null }),
        },
        newest: null,
        comparison: null,
      }),
      "The checkout has no remote that could be asked.",
    ],
  ])("%s", (_title, facts, expected) => {
    expect(versionRow(facts).detail).toBe(expected);
  });
});

test("a row fits the contract and says what would change", () => {
  const comparison = aComparison({
    changedFiles: ["requirements.txt"],
    submodulesChanged: ["sd-scripts"],
  });
  const row = versionRow(git({ comparison }));
  expect(ServiceVersion.parse(row)).toEqual(row);
  expect(row).toMatchObject({
    installed: "master@aaaaaaa",
    latest: "master@bbbbbbb",
    checked_at: "2026-11-23T12:00:00.000Z",
    commits_behind: 2,
    requirements_changed: true,
    submodules_changed: true,
    interrupted: false,
  });
});

test("nothing is said about commits that are not known", () => {
  expect(versionRow(git({ comparison: null }))).toMatchObject({
    commits_behind: null,
    commits_ahead: null,
    commits: [],
    requirements_changed: null,
    submodules_changed: null,
  });
});

test.each<[string, LastJob, boolean]>([
  ["half done", aJob({ whole: false, state: "error" }), true],
  ["cut off, and not yet looked after", aJob({ state: "running" }), true],
  ["running", aJob({ state: "running", isRunning: true }), false],
  ["put back", aJob(), false],
])("a job that is %s", (_title, job, interrupted) => {
  expect(versionRow(git({ job })).interrupted).toBe(interrupted);
});

test("a failed target is told until it is installed after all", () => {
  expect(versionRow(git({ job: aJob() })).failed).toMatchObject({
    target: TIP,
    at: "2026-11-23T12:00:00.000Z",
  });
  expect(versionRow(git({ job: aJob({ failures: [failureAt(HEAD)] }) })).failed).toBeNull();
});

test("a failure at the newest is not forgotten for one that came later", () => {
  const job = aJob({ state: "cancelled", failures: [failureAt("other"), failureAt(TIP)] });
  expect(versionRow(git({ job }))).toMatchObject({
    update_available: false,
    failed: { target: TIP },
  });
});
