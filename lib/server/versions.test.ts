import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AppError } from "./errors";
import { aCheckout, aComparison, deferred, HEAD, TIP } from "./testing/update-fakes";
import type { VersionTools } from "./version-checks";
import type { LastJob } from "./version-row";
import { createVersions } from "./versions";

const OTHER = "d".repeat(40);
const NEVER = new Promise<never>(() => {});

let root: string;
let clock: number;
let head: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "versions-")));
  for (const dir of ["repos/ComfyUI", "repos/kohya_ss", "venvs/invoke", "venvs/core"])
    mkdirSync(join(root, dir), { recursive: true });
  clock = Date.UTC(2026, 10, 23, 12);
  head = HEAD;
});

afterEach(() => rmSync(root, { recursive: true }));

function fakeGit() {
  return {
    inspect: vi.fn<VersionTools["git"]["inspect"]>(async (dir) => aCheckout({ dir, head })),
    newest: vi.fn<VersionTools["git"]["newest"]>(async () => ({ branch: "master", sha: TIP })),
    fetch: vi.fn<VersionTools["git"]["fetch"]>(async () => {}),
    compare: vi.fn<VersionTools["git"]["compare"]>(async () => aComparison()),
  };
}

function fakePip() {
  return { newest: vi.fn<VersionTools["pip"]["newest"]>(async () => "6.11.1") };
}

function open(
  changes: {
    git?: Partial<ReturnType<typeof fakeGit>>;
    pip?: Partial<ReturnType<typeof fakePip>>;
    lastJob?: (name: string) => Promise<LastJob | null>;
    readConfig?: Parameters<typeof createVersions>[0]["readConfig"];
    deadlineMs?: number;
  } = {},
) {
  const git = { ...fakeGit(), ...changes.git };
  const pip = { ...fakePip(), ...changes.pip };
  const signals: AbortSignal[] = [];
  const report = vi.fn();
  const versions = createVersions({
    tools: (signal) => {
      signals.push(signal);
      return { git, pip };
    },
    readPackages: async () => new Map([["invokeai", { version: "6.10.0", metadataDir: "/m" }]]),
    readConfig:
      changes.readConfig ??
      (async () => ({ enabled: false, restartAfterUpdate: true, services: new Map() })),
    lastJob: changes.lastJob ?? (async () => null),
    dirs: { reposDir: join(root, "repos"), venvsDir: join(root, "venvs") },
    report,
    now: () => clock,
    deadlineMs: changes.deadlineMs ?? 5000,
  });
  const rowOf = async (name: string, wish = {}) => {
    const row = (await versions.list(wish)).find((one) => one.name === name);
    if (!row) throw new Error(`no row of ${name}`);
    return row;
  };
  return { versions, rowOf, git, pip, signals, report };
}

test("the nine stand in their order, each with where its versions come from", async () => {
  const rows = await open().versions.list();
  expect(
    rows.map(({ name, source, installed, latest }) => [name, source, installed, latest]),
  ).toEqual([
    ["jupyter", "image", null, null],
    ["code-server", "image", null, null],
    ["comfy", "git", "master@aaaaaaa", "master@bbbbbbb"],
    ["kohya", "git", "master@aaaaaaa", "master@bbbbbbb"],
    ["diffpipe", "git", null, null],
    ["invoke", "pip", "6.10.0", "6.11.1"],
    ["ai-toolkit", "git", null, null],
    ["controlpilot", "image", null, null],
    ["copilot", "image", null, null],
  ]);
});

describe("asking", () => {
  test("200 who ask at once share one question for each service", async () => {
    const { versions, git, pip } = open();
    await Promise.all(Array.from({ length: 200 }, () => versions.list()));
    expect(git.newest).toHaveBeenCalledTimes(2);
    expect(git.compare).toHaveBeenCalledTimes(2);
    expect(git.inspect).toHaveBeenCalledTimes(2);
    expect(pip.newest).toHaveBeenCalledTimes(1);
  });

  test("the sources are asked side by side", async () => {
    let asked = 0;
    const all = deferred<void>();
    const meet = async () => {
      asked += 1;
      if (asked === 3) all.resolve();
      await all.promise;
    };
    const { versions } = open({
      git: { newest: vi.fn(() => meet().then(() => ({ branch: "master", sha: TIP }))) },
      pip: { newest: vi.fn(() => meet().then(() => "6.11.1")) },
    });
    await versions.list();
    expect(asked).toBe(3);
  });

  test("an answer is good for 15 minutes, then it is shown until there is a newer one", async () => {
    const { rowOf, pip } = open();
    await rowOf("invoke");
    clock += 14 * 60_000;
    await rowOf("invoke");
    expect(pip.newest).toHaveBeenCalledTimes(1);

    clock += 60_000;
    const newer = deferred<string>();
    pip.newest.mockReturnValueOnce(newer.promise);
    expect(await rowOf("invoke")).toMatchObject({ latest: "6.11.1", checking: true });
    newer.resolve("6.12.0");
    await vi.waitFor(async () =>
      expect(await rowOf("invoke")).toMatchObject({ latest: "6.12.0", checking: false }),
    );
    expect(pip.newest).toHaveBeenCalledTimes(2);
  });

  test("refresh asks again, and waits for the answer", async () => {
    const { rowOf, pip, git } = open();
    await rowOf("invoke");
    pip.newest.mockResolvedValueOnce("6.12.0");
    expect(await rowOf("invoke", { refresh: true })).toMatchObject({ latest: "6.12.0" });
    expect(git.newest).toHaveBeenCalledTimes(4);
    expect(git.compare).toHaveBeenCalledTimes(2);
  });

  test("without waiting a row says that its answer is on its way", async () => {
    const newest = deferred<string>();
    const { rowOf } = open({ pip: { newest: vi.fn(() => newest.promise) } });
    expect(await rowOf("invoke", { wait: false })).toMatchObject({
      installed: "6.10.0",
      latest: null,
      update_available: false,
      checking: true,
      checked_at: null,
    });
    newest.resolve("6.11.1");
    await vi.waitFor(async () =>
      expect(await rowOf("invoke", { wait: false })).toMatchObject({
        update_available: true,
        checking: false,
        checked_at: "2026-11-23T12:00:00.000Z",
      }),
    );
  });

  test("a service that is being updated is left alone", async () => {
    const lastJob = async (): Promise<LastJob> => ({
      id: "1",
      state: "running",
      whole: true,
      isRunning: true,
      interruptedAt: null,
      failures: [],
    });
    const { rowOf, git, pip } = open({ lastJob });
    expect(await rowOf("comfy", { refresh: true })).toMatchObject({
      checking: false,
      latest: null,
    });
    expect(git.newest).not.toHaveBeenCalled();
    expect(pip.newest).not.toHaveBeenCalled();
  });
});

describe("a source that cannot be asked", () => {
  test("costs its own row only, and what was begun is ended", async () => {
    const { versions, rowOf, signals } = open({
      deadlineMs: 900,
      git: { newest: vi.fn(() => NEVER) },
    });
    const comfy = await rowOf("comfy");
    expect(comfy).toMatchObject({
      installed: "master@aaaaaaa",
      latest: null,
      check_error: "github.com did not answer in 1 s.",
      checked_at: null,
      checking: false,
    });
    const rows = await versions.list();
    expect(rows.find(({ name }) => name === "invoke")).toMatchObject({
      latest: "6.11.1",
      check_error: null,
    });
    expect(signals.filter(({ aborted }) => aborted)).toHaveLength(2);
  });

  test("keeps what was known, with its age, and is asked again after a minute", async () => {
    const { rowOf, pip } = open();
    await rowOf("invoke");
    const sentence = "could not reach https://me:secret@pypi.example/simple\n(connection refused)";
    pip.newest.mockRejectedValue(new AppError("unavailable", sentence));
    clock += 10 * 60_000;
    expect(await rowOf("invoke", { refresh: true })).toMatchObject({
      latest: "6.11.1",
      update_available: true,
      checked_at: "2026-11-23T12:00:00.000Z",
      check_error: "could not reach https://•••@pypi.example/simple (connection refused)",
    });
    await rowOf("invoke");
    expect(pip.newest).toHaveBeenCalledTimes(2);

    clock += 60_000;
    pip.newest.mockResolvedValue("6.11.1");
    await vi.waitFor(async () =>
      expect(await rowOf("invoke")).toMatchObject({
        check_error: null,
        checked_at: "2026-11-23T12:11:00.000Z",
      }),
    );
  });

  test("a bug is for the log, not for the page", async () => {
    const bug = new TypeError("x is not a function");
    const { rowOf, report } = open({ pip: { newest: vi.fn(() => Promise.reject(bug)) } });
    expect((await rowOf("invoke")).check_error).toBe(
      "The package index could not be asked. ControlPilot's err log says why.",
    );
    expect(report).toHaveBeenCalledWith(bug);
  });

  test("commits that cannot be brought here leave the update", async () => {
    const fault = new AppError("conflict", "git fetch ended with 1: read-only file system");
    const { rowOf } = open({ git: { fetch: vi.fn(() => Promise.reject(fault)) } });
    expect(await rowOf("comfy")).toMatchObject({
      update_available: true,
      commits_behind: null,
      commits: [],
      check_error: null,
      detail: "What the newest version brings could not be fetched.",
    });
  });
});

describe("the disk", () => {
  test("is looked at every 2 s at most, and another commit is compared anew", async () => {
    const { rowOf, git } = open();
    await rowOf("comfy");
    head = OTHER;
    clock += 1900;
    expect(await rowOf("comfy")).toMatchObject({ installed: "master@aaaaaaa" });

    clock += 100;
    git.inspect.mockImplementation(async (dir) =>
      aCheckout({ dir, head, label: "master@ddddddd" }),
    );
    git.compare.mockResolvedValue(aComparison({ behind: 1, commits: [] }));
    expect(await rowOf("comfy")).toMatchObject({ installed: "master@ddddddd", commits_behind: 1 });
    expect(git.compare).toHaveBeenLastCalledWith(join(root, "repos/kohya_ss"), OTHER, TIP);
    expect(git.newest).toHaveBeenCalledTimes(2);
  });

  test("at the newest commit there is nothing to fetch", async () => {
    head = TIP;
    const { rowOf, git } = open({
      git: { compare: vi.fn(async () => aComparison({ behind: 0, commits: [] })) },
    });
    expect(await rowOf("comfy")).toMatchObject({ update_available: false, commits_behind: 0 });
    expect(git.fetch).not.toHaveBeenCalled();
  });

  test("a checkout that cannot be read says why", async () => {
    const damaged = new AppError("conflict", "The checkout is damaged: bad object HEAD.");
    const { rowOf } = open({ git: { inspect: vi.fn(() => Promise.reject(damaged)) } });
    expect(await rowOf("comfy")).toMatchObject({ installed: null, detail: damaged.message });
  });

  test("a slow one does not hold up who does not wait", async () => {
    const { rowOf } = open({ git: { inspect: vi.fn(() => NEVER) } });
    expect(await rowOf("comfy", { wait: false })).toMatchObject({
      installed: null,
      checking: true,
    });
  });
});

test("a config that cannot be read costs no row, and is named", async () => {
  const broken = new AppError("conflict", "service-updates.toml, line 3: no TOML.");
  const { rowOf } = open({ readConfig: () => Promise.reject(broken) });
  expect(await rowOf("comfy")).toMatchObject({ policy: "manual", detail: broken.message });
});

test("choices count only where the file is switched on", async () => {
  const services = new Map([["invoke", { autoUpdate: true, target: "6.10.0", skip: "6.11.1" }]]);
  const on = open({
    readConfig: async () => ({ enabled: true, restartAfterUpdate: true, services }),
  });
  expect(await on.rowOf("invoke")).toMatchObject({
    policy: "pinned",
    pinned: "6.10.0",
    skipped: "6.11.1",
    update_available: false,
  });
  const off = open({
    readConfig: async () => ({ enabled: false, restartAfterUpdate: true, services }),
  });
  expect(await off.rowOf("invoke")).toMatchObject({ policy: "manual", pinned: null });
});
