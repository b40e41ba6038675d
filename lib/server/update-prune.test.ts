import { expect, it } from "vitest";
import { planPrune } from "./update-prune";
import { type JobRecord, newRecord } from "./update-record";

function job(id: string, changes: Partial<JobRecord> = {}): JobRecord {
  const request = { target: null, keepEdits: false, policy: null, rollbackTo: null };
  const fields = { id, name: "comfy", display: "Comfy UI", kind: "git", trigger: "user" } as const;
  const record = newRecord({ ...fields, actor: "user", mends: false, request }, 0);
  const target = (exact: string) => ({ exact, branch: "main", label: exact });
  return {
    ...record,
    state: "done",
    endedAt: 1,
    before: target("old"),
    after: target("new"),
    changed: (changes.state ?? "done") === "done",
    ...changes,
  };
}

it("keeps the snapshots of the last three updates that changed something", () => {
  const same = { exact: "old", branch: "main", label: "old" };
  const jobs = [
    job("9", { state: "rolled_back" }),
    job("8"),
    job("7", { after: same, changed: false }),
    job("6"),
    job("5"),
    job("4"),
  ];
  expect(planPrune(jobs).snapshots.map(({ id }) => id)).toEqual(["9", "7", "4"]);
  expect(planPrune(jobs).jobs).toEqual([]);
});

it("never touches a job that runs, or one that left something half done", () => {
  const jobs = [
    job("2", { endedAt: null, state: "running" }),
    job("1", { whole: false, state: "error" }),
  ];
  expect(planPrune(jobs)).toEqual({ snapshots: [], jobs: [] });
});

it("keeps the output of the last thirty jobs, and of those one can go back from", () => {
  const jobs = [...Array(40)].map((_, i) => job(String(i), { state: i < 35 ? "error" : "done" }));
  expect(planPrune(jobs).jobs.map(({ id }) => id)).toEqual([
    "30",
    "31",
    "32",
    "33",
    "34",
    "38",
    "39",
  ]);
});
