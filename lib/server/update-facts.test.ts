import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PackageChange } from "@/lib/contract/updates";
import { createRunner } from "./adapters/command";
import { createGit } from "./adapters/git";
import { AppError } from "./errors";
import {
  createRemote,
  gitIn,
  makeFolder,
  picture,
  type Remote,
  writeFiles,
} from "./testing/git-remotes";
import { createUpdateFacts, type FactTools } from "./update-facts";
import { planUpdate } from "./update-plan";
import type { Undo } from "./update-undo";
import type { LastJob } from "./version-row";

const MB = 1024 * 1024;
const NUMPY: PackageChange = { name: "numpy", from: "1.26", to: "2.0" };
const NEVER = new Promise<never>(() => {});
const newest = { target: null, rollbackTo: null };

let root: string;
let remote: Remote;
let checkout: string;
let old: string;

beforeEach(() => {
  root = makeFolder("facts");
  for (const dir of ["repos", "venvs/core", "venvs/invoke"])
    mkdirSync(join(root, dir), { recursive: true });
  remote = createRemote({ "main.py": "1\n", "requirements.txt": "numpy==1.26\n" });
  old = remote.head();
  checkout = join(root, "repos/ComfyUI");
  gitIn(root, "clone", "--quiet", remote.url, checkout);
});

afterEach(() => {
  rmSync(root, { recursive: true });
  rmSync(remote.dir, { recursive: true, force: true });
});

function fakePip() {
  return {
    versions: vi.fn<FactTools["pip"]["versions"]>(async () => [
      "6.12.0rc1",
      "6.11.1",
      "6.10.0",
      "6.9.0",
    ]),
    newest: vi.fn<FactTools["pip"]["newest"]>(async () => "6.11.1"),
    resolve: vi.fn<FactTools["pip"]["resolve"]>(async () => resolution([NUMPY])),
    resolveBack: vi.fn<FactTools["pip"]["resolveBack"]>(async () => resolution([NUMPY])),
  };
}

function resolution(changes: PackageChange[]) {
  return { install: [], remove: [], changes, editable: [], options: [] };
}

function open(changes: Partial<Parameters<typeof createUpdateFacts>[0]> = {}) {
  const pip = fakePip();
  const report = vi.fn();
  const installed = { version: "6.10.0", metadataDir: "/metadata" };
  const facts = createUpdateFacts({
    tools: (signal) => ({ git: createGit(createRunner({ timeoutMs: 30_000, signal })), pip }),
    readPackages: async () =>
      new Map([
        ["invokeai", installed],
        ["numpy", installed],
      ]),
    readConfig: async () => ({ enabled: false, restartAfterUpdate: true, services: new Map() }),
    services: async () => [],
    busyNames: async () => new Set(),
    lastJob: async () => null,
    changesSince: async () => {
      throw new AppError("not_found", "Nothing is kept.");
    },
    constraintsOf: async () => "/opt/constraints.txt",
    databaseOf: () => null,
    measure: {
      recordedSize: async () => 10 * MB,
      sizeOfFiles: async (_dir, paths) => paths.length * MB,
      sizeOfTree: async () => 100 * MB,
      freeBytes: async (path) => (path.includes("repos") ? 3 : 7) * 1024 * MB,
    },
    dirs: { reposDir: join(root, "repos"), venvsDir: join(root, "venvs"), workspaceRoot: root },
    report,
    ...changes,
  });
  return { ...facts, pip, report };
}

describe("a checkout", () => {
  test("goes to the newest commit, with what its requirements change, and looks as before", async () => {
    remote.commit({ "main.py": "2\n" }, "Two");
    const tip = remote.commit({ "requirements.txt": "numpy==2.0\n" }, "Three");
    const { gather, pip } = open();
    let tree = "";
    pip.resolve.mockImplementation(async (_venv, wanted) => {
      if ("cwd" in wanted) tree = wanted.cwd;
      expect(readFileSync(join(tree, "requirements.txt"), "utf8")).toBe("numpy==2.0\n");
      return resolution([NUMPY]);
    });
    const before = picture(checkout);

    const facts = await gather("comfy", newest);

    expect(picture(checkout)).toEqual(before);
    expect(existsSync(tree)).toBe(false);
    expect(facts.change).toMatchObject({
      target: { exact: tip, branch: "master", label: `master@${tip.slice(0, 7)}` },
      commitsTotal: 2,
      commits: [{ subject: "Three" }, { subject: "Two" }],
      requirementsChanged: true,
      requirementsDiff: expect.arrayContaining(["-numpy==1.26", "+numpy==2.0"]),
      disk: { packages: [NUMPY], packageBytes: 10 * MB, treeBytes: 2 * MB },
    });
    expect(facts.freeBytes).toBe(3 * 1024 * MB);
    expect(planUpdate(facts).blockers).toEqual([]);
  });

  test("asks for no packages where the requirements are the same", async () => {
    remote.commit({ "main.py": "2\n" });
    const { gather, pip } = open();
    expect((await gather("comfy", newest)).change.disk.packages).toEqual([]);
    expect(pip.resolve).not.toHaveBeenCalled();
  });

  test("that is mended gets all its packages anew", async () => {
    const job = { ...aJob(), whole: false };
    const { gather } = open({ lastJob: async () => job });
    const facts = await gather("comfy", newest);
    expect(facts).toMatchObject({ mends: true, change: { disk: { packages: [NUMPY] } } });
    expect(planUpdate(facts).nothing_to_do).toBe(false);
  });

  test("goes back to an older commit of its branch, and none of its commits is lost by that", async () => {
    const tip = remote.commit({ "main.py": "2\n" }, "Two");
    gitIn(checkout, "pull", "--quiet");
    const { change } = await open().gather("comfy", { ...newest, target: old });
    expect(change).toMatchObject({
      target: { exact: old, branch: "master" },
      isDowngrade: true,
      commitsTotal: 1,
      commits: [{ sha: tip }],
      ownCommits: 0,
    });
  });

  test("does not leave own commits without saying so", async () => {
    gitIn(checkout, "commit", "--quiet", "--allow-empty", "--message", "Mine");
    remote.commit({ "main.py": "2\n" });
    const facts = await open().gather("comfy", newest);
    expect(facts.change).toMatchObject({ ownCommits: 1, commitsTotal: 1 });
    expect(planUpdate(facts).overwritten).toEqual(["1 own commit on master"]);
    const other = await open().gather("comfy", { ...newest, target: old });
    expect(other.change).toMatchObject({ isDowngrade: true, ownCommits: 1 });
  });

  test("tells the edits that are in the way", async () => {
    remote.commit({ "main.py": "2\n", "new.py": "new\n" });
    writeFiles(checkout, { "main.py": "mine\n", "requirements.txt": "mine\n", "new.py": "mine\n" });
    const facts = await open().gather("comfy", newest);
    expect([...facts.change.overwrittenFiles].sort()).toEqual(["main.py", "new.py"]);
    expect(facts.checkout?.localChanges).toEqual(["main.py", "requirements.txt"]);
  });

  test("has a blocker for a target that nobody knows", async () => {
    const facts = await open().gather("comfy", { ...newest, target: "nope" });
    expect(planUpdate(facts)).toMatchObject({
      to: null,
      blockers: [expect.stringContaining('no branch, tag or commit "nope"')],
    });
  });

  test("without a remote has a blocker", async () => {
    gitIn(checkout, "remote", "remove", "origin");
    const facts = await open().gather("comfy", newest);
    expect(planUpdate(facts).blockers).toEqual([expect.stringContaining("has no remote")]);
  });

  test("whose remote is gone cannot be planned for", async () => {
    rmSync(remote.dir, { recursive: true });
    await expect(open().gather("comfy", newest)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("whose remote says nothing is not waited for", async () => {
    const git = { ...createGit(createRunner({ timeoutMs: 30_000 })), newest: () => NEVER };
    const { gather } = open({ tools: () => ({ git, pip: fakePip() }), sourceDeadlineMs: 1000 });
    await expect(gather("comfy", newest)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("did not answer in 1 s. Try again later."),
    });
  });

  test("builds its pages again only where they are built, and change", async () => {
    const toolkit = join(root, "repos/ai-toolkit");
    gitIn(root, "clone", "--quiet", remote.url, toolkit);
    remote.commit({ "ui/page.tsx": "2\n" });
    expect((await open().gather("ai-toolkit", newest)).change.buildsWebUi).toBe(false);
    mkdirSync(join(toolkit, "ui/.next"), { recursive: true });
    const { change } = await open().gather("ai-toolkit", newest);
    expect(change).toMatchObject({ buildsWebUi: true, disk: { webUiBytes: 200 * MB } });
  });
});

describe("a package", () => {
  test("goes to the newest", async () => {
    const { gather, pip } = open();
    const facts = await gather("invoke", newest);
    expect(facts).toMatchObject({
      installed: { exact: "6.10.0" },
      change: { target: { exact: "6.11.1" } },
    });
    expect(pip.resolve).toHaveBeenCalledWith(
      join(root, "venvs/invoke"),
      { spec: "invokeai==6.11.1" },
      { constraints: "/opt/constraints.txt" },
    );
  });

  test.each([
    ["6.11.1", "6.11.1", false],
    ["6.9", "6.9.0", true],
    ["6.12.0rc1", "6.12.0rc1", false],
  ])("goes to %s", async (target, exact, isDowngrade) => {
    const { change } = await open().gather("invoke", { ...newest, target });
    expect(change).toMatchObject({ target: { exact }, isDowngrade });
  });

  test.each(["7.0.0", "main", "6.x"])("has a blocker for %s", async (target) => {
    const facts = await open().gather("invoke", { ...newest, target });
    expect(planUpdate(facts).blockers).toEqual([
      `There is no invokeai ${target} at the package index. Choose one that there is.`,
    ]);
  });

  test.each(["6.10.0", "6.9.0", null])("stays where the newest is %s", async (version) => {
    const { gather, pip } = open();
    pip.newest.mockResolvedValue(version);
    const facts = await gather("invoke", newest);
    expect(planUpdate(facts)).toMatchObject({
      nothing_to_do: true,
      target: "6.10.0",
      blockers: [],
    });
    expect(pip.resolve).not.toHaveBeenCalled();
  });
});

describe("packages that cannot be found out", () => {
  test.each<[string, () => Promise<never>, string]>([
    ["in time", () => NEVER, "There was no answer in 1 s."],
    ["at all", () => Promise.reject(new AppError("conflict", "a wants b.")), "a wants b."],
    ["by a bug", () => Promise.reject(new TypeError("x")), "they could not be found out."],
  ])("%s leave the plan", async (_title, resolve, words) => {
    const { gather, pip } = open({ packagesDeadlineMs: 30 });
    pip.resolve.mockImplementation(resolve);
    const plan = planUpdate(await gather("invoke", newest));
    expect(plan).toMatchObject({ packages: null, blockers: [] });
    expect(plan.notes).toEqual([`Which packages change will be known only when it runs: ${words}`]);
  });
});

describe("a rollback", () => {
  const job = "20261123T101500-abc123";
  const kept = (before: Undo["snapshot"]["before"]): Undo => ({
    snapshot: {
      takenAt: "2026-11-23T10:15:00.000Z",
      before,
      git: null,
      packages: null,
      database: true,
    },
    changes: [NUMPY],
  });

  test("goes to what there was, and asks no remote", async () => {
    remote.commit({ "main.py": "2\n" }, "Two");
    gitIn(checkout, "pull", "--quiet");
    rmSync(remote.dir, { recursive: true });
    const before = { exact: old, branch: "master", label: "master@old" };
    const { gather, pip } = open({ changesSince: async () => kept(before) });
    const facts = await gather("comfy", { target: null, rollbackTo: job });
    expect(facts.change).toMatchObject({ target: before, isDowngrade: true, commitsTotal: 1 });
    expect(facts.change.disk.packages).toEqual([NUMPY]);
    expect(pip.resolveBack).toHaveBeenCalledWith(join(root, "venvs/core"), [NUMPY]);
    expect(planUpdate(facts)).toMatchObject({ to: "master@old", overwritten: [], blockers: [] });
  });

  test("of a package goes to the version there was", async () => {
    const before = { exact: "6.9.0", branch: null, label: "6.9.0" };
    const { gather, pip } = open({ changesSince: async () => kept(before) });
    const facts = await gather("invoke", { target: null, rollbackTo: job });
    expect(facts).toMatchObject({ change: { target: before }, snapshot: { database: true } });
    expect(pip.versions).not.toHaveBeenCalled();
  });

  test("of a job of which nothing is kept is not found", async () => {
    const asked = open().gather("comfy", { target: null, rollbackTo: job });
    await expect(asked).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("around it", () => {
  test("services on the same environment, and their jobs, are told", async () => {
    const { gather } = open({ busyNames: async () => new Set(["kohya"]) });
    const { sharers, isBusy } = await gather("comfy", newest);
    expect(sharers.map(({ name, isBusy: busy }) => [name, busy])).toEqual([
      ["kohya", true],
      ["diffpipe", false],
    ]);
    expect(isBusy).toBe(false);
  });

  test("a supervisord that is away is told, not thrown", async () => {
    const away = new AppError("unavailable", "supervisord is away.");
    const { gather, report } = open({ services: () => Promise.reject(away) });
    expect((await gather("comfy", newest)).service).toBeNull();
    expect(report).not.toHaveBeenCalled();
  });

  test("a config that does not parse is a blocker", async () => {
    const broken = new AppError("conflict", "service-updates.toml, line 3: no TOML.");
    const { gather } = open({ readConfig: () => Promise.reject(broken) });
    expect(planUpdate(await gather("comfy", newest)).blockers).toEqual([broken.message]);
  });

  test("a last try at the same target that failed is told", async () => {
    const tip = remote.commit({ "main.py": "2\n" });
    const { gather } = open({ lastJob: async () => aJob(tip) });
    expect((await gather("comfy", newest)).failedBefore).toBe("It did not come up.");
  });

  test("what is not installed has one blocker, and nobody is asked", async () => {
    const { gather, pip } = open();
    const facts = await gather("kohya", newest);
    expect(planUpdate(facts)).toMatchObject({
      from: null,
      blockers: [expect.stringContaining("Kohya is not installed")],
    });
    expect(pip.newest).not.toHaveBeenCalled();
  });

  test.each([
    ["jupyter", "conflict"],
    ["nope", "not_found"],
  ])("%s is refused: %s", async (name, code) => {
    await expect(open().gather(name, newest)).rejects.toMatchObject({ code });
  });
});

function aJob(target = old): LastJob {
  return {
    id: "20261123T101500-abc123",
    state: "rolled_back",
    whole: true,
    isRunning: false,
    interruptedAt: null,
    failures: [{ jobId: "job", target, error: "It did not come up.", endedAt: 0 }],
  };
}
