import { describe, expect, it } from "vitest";
import { createFakeUpdate } from "./testing/fake-update";

const AT_OLD = { source: "old", packages: "old" };
const AT_NEW = { source: "new", packages: "new" };

function titlesByState(steps: { name: string; state: string }[]) {
  return Object.fromEntries(steps.map(({ name, state }) => [name, state]));
}

describe("an update that goes well", () => {
  it("ends at the new version, running, pinned and in the audit", async () => {
    const update = createFakeUpdate();
    const record = await update.run();
    expect(record).toMatchObject({ state: "done", whole: true, error: null, touched: false });
    expect(record?.outcome).toBe("Comfy UI runs main@new.");
    expect(update.machine).toMatchObject({ ...AT_NEW, runs: "new", pin: "new" });
    expect(update.disk.audit).toHaveLength(1);
    expect(record?.steps.every(({ state }) => state === "done")).toBe(true);
  });

  it("leaves a stopped service stopped", async () => {
    const update = createFakeUpdate({ wasRunning: false });
    const record = await update.run();
    expect(record?.outcome).toBe("Comfy UI is at main@new and stays stopped.");
    expect(update.machine).toMatchObject({ ...AT_NEW, runs: null });
    expect(titlesByState(record?.steps ?? [])).toMatchObject({ restart: "skipped" });
  });

  it("does nothing where nothing is to be done", async () => {
    const update = createFakeUpdate();
    await update.run();
    const record = await update.run();
    expect(record).toMatchObject({ state: "done" });
    expect(record?.outcome).toBe("Comfy UI is at main@new already. Nothing was changed.");
    expect(titlesByState(record?.steps ?? [])).toMatchObject({
      fetch: "skipped",
      apply: "skipped",
    });
  });
});

describe("an update that fails", () => {
  it.each([
    "plan",
    "snapshot",
    "fetch",
    "staged",
  ])("changes nothing where it fails at %s", async (verb) => {
    const update = createFakeUpdate();
    const record = await update.run({ fails: { [verb]: "the disk is full." } });
    expect(record).toMatchObject({ state: "error", error: "the disk is full.", whole: true });
    expect(record?.outcome).toMatch(/^Nothing was changed\. Comfy UI stays at /);
    expect(update.machine).toMatchObject({ ...AT_OLD, runs: "old", pin: "none" });
  });

  it.each([
    "apply",
    "apply, second half",
    "install",
    "install, second half",
    "check",
  ])("puts everything back where it fails at %s, and what ran runs on", async (verb) => {
    const update = createFakeUpdate();
    const record = await update.run({ fails: { [verb]: "pip ended with 1." } });
    expect(record).toMatchObject({ state: "rolled_back", error: "pip ended with 1." });
    expect(record?.outcome).toBe("Rolled back. Comfy UI went on running main@old as before.");
    expect(update.machine).toMatchObject({ ...AT_OLD, runs: "old" });
  });

  it.each([
    "stop",
    "start",
    "watch",
    "pin",
  ])("puts everything back where it fails at %s, and starts what ran", async (verb) => {
    const update = createFakeUpdate();
    const record = await update.run({ fails: { [verb]: "it crashed." } });
    expect(record).toMatchObject({ state: "rolled_back", failedLog: ["ImportError: no module"] });
    expect(update.machine).toMatchObject({ ...AT_OLD, runs: "old", pin: "none" });
  });

  it("says so where the old version cannot be put back", async () => {
    const update = createFakeUpdate();
    const record = await update.run({ fails: { install: "no", restore: "the disk broke." } });
    expect(record).toMatchObject({ state: "error", whole: false, touched: true });
    expect(record?.outcome).toMatch(/neither at the old nor at the new version/);
  });

  it("says so where the old version does not come up either", async () => {
    const update = createFakeUpdate();
    const record = await update.run({ fails: { watch: "it does not stay up." } });
    expect(record).toMatchObject({ state: "rolled_back", whole: true });
    expect(record?.outcome).toMatch(/at main@old as before, but it does not come up/);
  });
});

describe("cancelling", () => {
  it.each([
    "plan",
    "snapshot",
    "fetch",
    "staged",
  ])("changes nothing when it comes at %s", async (verb) => {
    const update = createFakeUpdate();
    const record = await update.run({ cancelAt: verb });
    expect(record).toMatchObject({ state: "cancelled", error: null });
    expect(record?.outcome).toBe("Cancelled. Comfy UI stays at main@old.");
    expect(update.machine).toMatchObject({ ...AT_OLD, runs: "old", pin: "none" });
  });

  it.each([
    "apply",
    "install",
    "check",
    "stop",
    "start",
    "watch",
  ])("puts the old version back when it comes at %s, and it runs", async (verb) => {
    const update = createFakeUpdate();
    const record = await update.run({ cancelAt: verb });
    expect(record).toMatchObject({ state: "cancelled", error: null, whole: true });
    expect(update.machine).toMatchObject({ ...AT_OLD, runs: "old", pin: "none" });
  });

  it("comes too late once the new version is kept", async () => {
    const update = createFakeUpdate();
    expect(await update.run({ cancelAt: "pin" })).toMatchObject({ state: "done" });
    expect(update.machine).toMatchObject({ ...AT_NEW, runs: "new", pin: "new" });
  });
});

describe("a job whose process is killed", () => {
  it("ends at one of the two good ends, wherever it was killed, and again while it is mended", async () => {
    const whole = createFakeUpdate();
    await whole.run();
    const ends = new Set<string>();
    for (let killAt = 1; killAt <= whole.effects(); killAt++) {
      for (let killAgainAt = 0; killAgainAt <= 12; killAgainAt++) {
        const update = createFakeUpdate();
        const first = await update.run({ killAt });
        if (killAgainAt > 0) await update.recover({ killAt: killAgainAt });
        const record = update.disk.record?.audited
          ? (first ?? update.disk.record)
          : await update.recover();
        const { source, packages, runs, pin } = update.machine;
        expect(source, `killed at ${killAt}, then at ${killAgainAt}`).toBe(packages);
        expect(runs).toBe(source);
        expect(record?.state).toBe(
          source === "new"
            ? "done"
            : record?.steps.some(({ name }) => name === "restore")
              ? "rolled_back"
              : "error",
        );
        if (source === "new") expect(pin).toBe("new");
        expect(update.disk.audit.map(({ state }) => state)).toEqual([record?.state]);
        ends.add(source);
      }
    }
    expect(ends).toEqual(new Set(["old", "new"]));
  });
});
