import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Caller } from "@/lib/contract/access";
import type { ActivityEntry } from "@/lib/contract/activity";
import { createActivity, type Recorded } from "./activity";
import { type AuditLog, createAuditLog } from "./adapters/audit-log";
import { AppError } from "./errors";
import { waitFor } from "./testing/wait-for";

const caller: Caller = { kind: "token", name: "ci", scope: "full", address: "10.0.0.7" };
const restart = { action: "service.restart", target: "comfy" } as const;
const never = new AbortController().signal;

let folder: string;
let path: string;
const report = vi.fn();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "activity-"));
  path = join(folder, "config", "controlpilot-audit.jsonl");
  report.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function createReal(log: AuditLog = createAuditLog(path)) {
  const displayOf = (name: string) => (name === "comfy" ? "Comfy UI" : name);
  return createActivity({ log, displayOf, report });
}

function recorded(facts: Partial<Recorded> = {}): Recorded {
  return { actor: "ci", address: "10.0.0.7", ...restart, result: "ok", ...facts };
}

const list = async (activity = createReal(), wish = {}) =>
  (await activity.list({ limit: 100, ...wish }, never)).entries;
/** Without what differs from run to run. */
const bare = (entries: ActivityEntry[]) => entries.map(({ id, time, ...rest }) => rest);

describe("what is recorded", () => {
  test("is there for who asks a moment later, and is a line of the file", async () => {
    const activity = createReal();
    const before = Date.now();
    activity.record(recorded({ detail: "without waiting" }));
    const [entry] = await list(activity);
    expect(entry).toEqual({
      id: expect.stringMatching(/^[\w-]{12}$/),
      time: expect.any(String),
      actor: "ci",
      address: "10.0.0.7",
      action: "service.restart",
      target: "comfy",
      result: "ok",
      detail: "without waiting",
    });
    expect(Date.parse(entry?.time ?? "")).toBeGreaterThanOrEqual(before);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(entry);
    expect(await list()).toEqual([entry]);
  });

  test("holds no secret, stays on its line, and is not endless", async () => {
    const activity = createReal();
    activity.record(
      recorded({
        actor: "x".repeat(5000),
        target: "a\nb\u001b[2Jc\u202ed",
        detail: "token=hf_abcdefghijklmnopqrstuvwxyz0123456789",
        result: "failed",
        error: `password=hunter22 ${"ä".repeat(5000)}`,
      }),
    );
    const [entry] = await list(activity);
    expect(entry?.actor).toBe(`${"x".repeat(99)}…`);
    expect(entry?.target).toBe("a b [2Jc d");
    expect(entry?.error).toHaveLength(1000);
    const file = readFileSync(path, "utf8");
    expect(file).not.toMatch(/hf_abc|hunter22/);
    expect(file.split("\n")).toHaveLength(2);
  });

  test("keeps its order, also where much comes at once", async () => {
    const activity = createReal();
    for (let number = 0; number < 300; number++) activity.record(recorded({ target: `${number}` }));
    const entries = await list(activity, { limit: 500 });
    expect(entries.map(({ target }) => Number(target))).toEqual(
      Array.from({ length: 300 }, (_, index) => 299 - index),
    );
    expect(new Set(entries.map(({ id }) => id)).size).toBe(300);
  });
});

describe("an audited request", () => {
  test("is recorded with who asked once it is done, and answers what the work answers", async () => {
    const activity = createReal();
    const answer = await activity.audit(caller, async (note) => {
      note(restart);
      expect(await list(activity)).toEqual([]);
      return { status: "ok" };
    });
    expect(answer).toEqual({ status: "ok" });
    const who = { actor: "ci", address: "10.0.0.7" };
    expect(bare(await list(activity))).toEqual([{ ...who, ...restart, result: "ok" }]);
  });

  test.each([
    [new AppError("conflict", "Comfy UI did not start."), "failed", "Comfy UI did not start."],
    [new AppError("unavailable", "supervisord is away."), "failed", "supervisord is away."],
    [new AppError("not_found", 'There is no "ghost".'), "refused", 'There is no "ghost".'],
    [new AppError("forbidden", "You may look only."), "refused", "You may look only."],
    [new Error("secret bug"), "failed", expect.stringContaining("err log has the details")],
  ])("that throws %s is recorded as such, and throws it", async (error, result, sentence) => {
    const activity = createReal();
    const work = activity.audit(caller, (note) => {
      note(restart);
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await list(activity)).toMatchObject([{ ...restart, result, error: sentence }]);
  });

  test("that was not understood is nobody's action", async () => {
    const activity = createReal();
    const work = () => Promise.reject(new AppError("invalid", "enabled: expected boolean."));
    await expect(activity.audit(caller, work)).rejects.toThrow("expected boolean");
    expect(await list(activity)).toEqual([]);
  });

  test("for several services tells how it went for each", async () => {
    const activity = createReal();
    await activity.audit(caller, (note) => {
      note(restart, { action: "service.restart", target: "kohya" });
      return [
        { name: "comfy", status: "ok" },
        { name: "kohya", status: "error", detail: "Kohya did not start." },
      ];
    });
    expect(await list(activity)).toMatchObject([
      { target: "kohya", result: "failed", error: "Kohya did not start." },
      { target: "comfy", result: "ok" },
    ]);
  });

  test("does not wait for the disk", async () => {
    const append = vi.fn(() => new Promise<void>(() => {}));
    const activity = createReal({ ...createAuditLog(path), append });
    expect(await activity.audit(caller, (note) => note(restart))).toBeUndefined();
    expect(append).toHaveBeenCalledOnce();
  });
});

describe("a disk that takes nothing", () => {
  test("is told once, is shown, and gets what it missed as soon as it takes it", async () => {
    const log = createAuditLog(path);
    let isFull = true;
    const append = vi.fn(async (lines: string) => {
      if (isFull) throw new AppError("conflict", "The disk is full.");
      await log.append(lines);
    });
    const activity = createReal({ ...log, append });
    for (const target of ["one", "two"]) {
      activity.record(recorded({ target }));
      expect(await activity.list({ limit: 9 }, never)).toEqual({
        entries: [],
        more: false,
        problem: "The disk is full.",
      });
    }
    expect(append).toHaveBeenCalledTimes(2);
    expect(report.mock.calls).toEqual([[expect.objectContaining({ code: "conflict" })]]);

    isFull = false;
    activity.record(recorded({ target: "three" }));
    const { entries, problem } = await activity.list({ limit: 9 }, never);
    expect(entries.map(({ target }) => target)).toEqual(["three", "two", "one"]);
    expect(problem).toBeNull();
  });

  test("is asked again by itself", async () => {
    vi.useFakeTimers();
    const append = vi.fn(() => Promise.reject(new AppError("conflict", "The disk is full.")));
    const activity = createReal({ ...createAuditLog(path), append });
    activity.record(recorded());
    await vi.advanceTimersByTimeAsync(0);
    activity.record(recorded());
    await vi.advanceTimersByTimeAsync(0);
    expect(append).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(5000);
    expect(append).toHaveBeenCalledTimes(3);
  });

  test("costs no memory without end", async () => {
    const batches: string[] = [];
    let isFull = true;
    const append = async (lines: string) => {
      if (isFull) throw new AppError("conflict", "The disk is full.");
      batches.push(lines);
    };
    const activity = createReal({ ...createAuditLog(path), append });
    for (let number = 0; number < 1500; number++) {
      activity.record(recorded({ target: `${number}` }));
      await Promise.resolve();
    }
    await waitFor(() => report.mock.calls.length > 0);
    isFull = false;
    activity.record(recorded({ target: "last" }));
    const kept = await waitFor(() => batches.join("").match(/"target":"\w+"/g));
    expect(kept).toHaveLength(1000);
    expect(kept.at(-1)).toBe('"target":"last"');
    expect(report).toHaveBeenCalledOnce();
  });
});

describe("the list", () => {
  async function filled() {
    const activity = createReal();
    activity.record(recorded({ target: "comfy" }));
    activity.record(recorded({ actor: "browser", target: "kohya" }));
    activity.record(recorded({ action: "update.start", target: "comfy", detail: "v0.3.9" }));
    activity.record(
      recorded({ action: "update.cancel", result: "failed", error: "No update runs." }),
    );
    activity.record(recorded({ action: "session.sign_in", target: null, address: "::1" }));
    await list(activity);
    return activity;
  }

  test.each([
    [{ actor: "browser" }, ["service.restart kohya"]],
    [{ action: "update" }, ["update.cancel comfy", "update.start comfy"]],
    [{ action: "update.start" }, ["update.start comfy"]],
    [{ action: "up" }, []],
    [{ target: "comfy", action: "service" }, ["service.restart comfy"]],
    [{ result: "failed" as const }, ["update.cancel comfy"]],
    [{ q: "Restarted COMFY ui" }, ["service.restart comfy"]],
    [{ q: "v0.3.9" }, ["update.start comfy"]],
    [{ q: "no update runs" }, ["update.cancel comfy"]],
    [{ q: "::1" }, ["session.sign_in null"]],
    [{ q: "zzz" }, []],
  ])("of %j", async (wish, found) => {
    const entries = await list(await filled(), wish);
    expect(entries.map(({ action, target }) => `${action} ${target}`)).toEqual(found);
  });

  test("comes in pages that fit together while new entries come", async () => {
    const activity = await filled();
    const first = await activity.list({ limit: 2 }, never);
    expect(first).toMatchObject({ more: true, problem: null });
    activity.record(recorded({ target: "newer" }));
    const before = first.entries.at(-1)?.id ?? "";
    const second = await activity.list({ limit: 3, before }, never);
    expect(second.more).toBe(false);
    expect([...first.entries, ...second.entries]).toEqual((await list(activity)).slice(1));
    const gone = await activity.list({ limit: 3, before: "gone" }, never);
    expect(gone).toEqual({ entries: [], more: false, problem: null });
  });

  test("leaves out what is no entry, and says why where the file cannot be read", async () => {
    const activity = await filled();
    const rubbish = ["{", "null", "7", '{"id":"x"}', '{"id":"torn","time":"2026', "\u0000"];
    writeFileSync(path, `${rubbish.join("\n")}\n${readFileSync(path, "utf8")}`);
    expect(await list(activity)).toHaveLength(5);
    rmSync(join(folder, "config"), { recursive: true });
    writeFileSync(join(folder, "config"), "");
    await expect(list(activity)).rejects.toMatchObject({ code: "conflict" });
  });
});

test("many entries are put on the disk at once, the last ones at the end", async () => {
  const sync = vi.fn(async () => {});
  const activity = createReal({ ...createAuditLog(path), sync });
  for (let number = 0; number < 20; number++) activity.record(recorded());
  await activity.close();
  expect(sync).toHaveBeenCalledOnce();
  await activity.close();
  expect(sync).toHaveBeenCalledOnce();
});
