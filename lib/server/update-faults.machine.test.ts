import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ServiceState } from "@/lib/contract/services";
import type { StepName, UpdateJob } from "@/lib/contract/updates";
import { withFileLock } from "./adapters/file-lock";
import { canMount } from "./testing/child-program";
import { type CloneOptions, createRemote, gitIn, removeFolders } from "./testing/git-remotes";
import { createHeldPrograms, type HeldPrograms } from "./testing/held-programs";
import { mountReadOnly, mountSmallDisk, type SmallDisk } from "./testing/small-disk";
import { createUpdateMachine, type UpdateMachine } from "./testing/update-machine";
import { waitFor } from "./testing/wait-for";
import { codeOf } from "./testing/web-service";

vi.setConfig({ testTimeout: 60_000 });

let machine: UpdateMachine;
let held: HeldPrograms;
let releases = 0;

/** What a version brings besides its few lines of code. */
const ASSETS = "x".repeat(1_000_000);

beforeAll(async () => {
  held = createHeldPrograms();
  machine = await createUpdateMachine({
    PATH: held.path,
    SERVICE_UPDATE_HEALTH_SECONDS: "1",
    SERVICE_UPDATE_HEALTH_DEADLINE_SECONDS: "2",
  });
  gitIn(machine.repo, "config", "filter.held.smudge", held.smudge);
  await untilIn("RUNNING");
}, 60_000);
afterEach(() => held.clear());
afterAll(async () => {
  await machine.end();
  removeFolders();
}, 30_000);

const untilIn = (state: ServiceState) =>
  waitFor(async () => (await machine.app().services.find("comfy")).state === state);
const start = (body = {}) => machine.app().updates.start("comfy", body);
const configPath = () => join(machine.workspace, "config", "service-updates.toml");
const headOf = () => gitIn(machine.repo, "rev-parse", "HEAD");

/** A new version at the remote, which needs a new version of its package. */
function publish(before = "", requirements = "") {
  releases += 1;
  const widget = `2.${releases}`;
  machine.index.release("widget", widget);
  const name = `release ${releases}`;
  const sha = machine.remote.commit({
    ".gitattributes": "held.txt filter=held\n",
    "a-first.txt": name,
    "assets.bin": ASSETS,
    "held.txt": name,
    "main.py": codeOf(name, before),
    "requirements.txt": `widget==${widget}\n${requirements}`,
  });
  return { sha, page: `${name} with widget ${widget}` };
}

async function untilStep(name: StepName): Promise<UpdateJob> {
  return waitFor(async () => {
    const job = await machine.job();
    if (job.state !== "running") throw new Error(`${job.state}: ${job.error}`);
    return job.steps.some((step) => step.name === name && step.state === "running") && job;
  }, 30_000);
}

async function look() {
  return { pinned: machine.pinned(), page: await machine.page(), picture: machine.picture() };
}

async function expectOld(before: Awaited<ReturnType<typeof look>>) {
  expect(machine.picture()).toEqual(before.picture);
  expect(await waitFor(machine.page)).toBe(before.page);
  expect(machine.pinned()).toBe(before.pinned);
}

async function holdAt(...patterns: string[]): Promise<void> {
  const [first = "", ...others] = patterns;
  held.holdNext(first);
  await start();
  await untilHeld();
  for (const pattern of others) {
    held.holdNext(pattern);
    held.release();
    await untilHeld();
  }
}

async function untilHeld(): Promise<void> {
  await waitFor(async () => {
    const { state, error } = await machine.job();
    if (state !== "running") throw new Error(`${state}: ${error}`);
    return held.isHeld();
  }, 30_000);
}

describe.skipIf(!canMount)("a disk that is full (needs the right to mount)", () => {
  const disks: Record<string, SmallDisk> = {};

  beforeAll(async () => {
    machine.index.release("heavy", "1.0", {
      files: { "heavy/data.bin": Buffer.alloc(20_000_000, "x") },
    });
    for (const [name, dir] of Object.entries({
      workspace: machine.workspace,
      venv: machine.venv,
      repo: machine.repo,
    }))
      disks[name] = mountSmallDisk(dir);
  });
  afterEach(async () => {
    for (const disk of Object.values(disks)) disk.free();
    held.clear();
    await machine.ended();
  });
  afterAll(() => {
    for (const disk of Object.values(disks)) disk.unmount();
  });

  /** So many writes to the job's folder were tried, of which the disk took none. */
  async function untilRefused(count: number): Promise<void> {
    const folder = dirname((await machine.job()).log_path);
    const seen = new Set<bigint>();
    await waitFor(() => seen.add(statSync(folder, { bigint: true }).mtimeNs).size > count);
  }

  function wheels(): number {
    const files = readdirSync(join(machine.venv, ".controlpilot"), { recursive: true });
    return files.filter((path) => String(path).endsWith(".whl")).length;
  }

  const FETCH = ["git *commit-tree*", "git *checkout-index*"];

  it.each([
    { disk: "workspace", calls: ["git *commit-tree*"], state: "error" },
    { disk: "workspace", calls: FETCH, state: "error" },
    { disk: "workspace", calls: ["git *checkout --progress*"], state: "rolled_back" },
    { disk: "workspace", calls: ["tar *--create*"], state: "rolled_back" },
    { disk: "repo", calls: FETCH, state: "error" },
    { disk: "repo", calls: ["git *checkout --progress*", "smudge*"], state: "rolled_back" },
    { disk: "venv", calls: FETCH, state: "error" },
    { disk: "venv", calls: ["tar *--create*"], state: "rolled_back" },
    { disk: "venv", calls: ["tar *--create*"], spare: 5_000_000, state: "rolled_back" },
  ])("is the $disk's, at $calls", async ({ disk, calls, spare = 0, state }) => {
    const before = await look();
    publish("", "heavy==1.0\n");
    await holdAt(...calls);
    disks[disk]?.fill(spare);
    held.release();
    if (disk === "workspace") {
      // The end cannot be written either; the service is whole without it.
      if (calls === FETCH) await waitFor(() => wheels() === 2);
      await untilRefused(4);
      await waitFor(() => isDeepStrictEqual(machine.picture(), before.picture));
      disks[disk]?.free();
    }
    const job = await machine.ended();
    expect(job).toMatchObject({ state, whole: true });
    expect(job.error).toMatch(/The disk .*is full: free some space and try again/);
    await expectOld(before);
  });

  it("is the workspace's when all is done but the choice for the next boot", async () => {
    const before = await look();
    publish();
    await start();
    await untilStep("health");
    await withFileLock(configPath(), async () => {
      await untilStep("commit");
      disks.workspace?.fill();
    });
    await untilRefused(4);
    await waitFor(() => isDeepStrictEqual(machine.picture(), before.picture));
    disks.workspace?.free();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "rolled_back", whole: true });
    expect(job.error).toMatch(/is full/);
    expect(machine.audit().at(-1)).toMatchObject({ state: "rolled_back", after: headOf() });
    await expectOld(before);
  });

  it("is the workspace's before it begins", async () => {
    const before = await look();
    disks.workspace?.fill();
    await expect(start()).rejects.toThrow(/is full: free some space/);
    await expectOld(before);
  });
});

describe("the file that chooses for the next boot", () => {
  afterEach(() => rmSync(configPath(), { force: true }));

  it("is not touched where it cannot be understood, and nothing begins", async () => {
    const before = await look();
    mkdirSync(dirname(configPath()), { recursive: true });
    writeFileSync(configPath(), "enabled = maybe\n");
    await expect(start()).rejects.toThrow(/service-updates\.toml cannot be used: line 1/);
    expect(machine.pinned()).toBe("enabled = maybe\n");
    rmSync(configPath());
    await expectOld(before);
  });

  it("ends an update that finds it broken at the end, and stays as it is", async () => {
    const before = await look();
    publish();
    await start();
    await untilStep("health");
    writeFileSync(configPath(), "enabled = maybe\n");
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "rolled_back", whole: true });
    expect(job.error).toMatch(/service-updates\.toml cannot be used: line 1/);
    await expectOld({ ...before, pinned: "enabled = maybe\n" });
  });

  it.skipIf(!canMount)("ends an update where it is read-only", async () => {
    mkdirSync(dirname(configPath()), { recursive: true });
    writeFileSync(configPath(), "# mine\n");
    const before = await look();
    publish();
    const undo = mountReadOnly(configPath());
    try {
      await start();
      const job = await machine.ended();
      expect(job).toMatchObject({ whole: true, error: expect.stringContaining(configPath()) });
    } finally {
      undo();
    }
    await expectOld(before);
  });

  it("leaves the old version running where restart_after_update is off", async () => {
    mkdirSync(dirname(configPath()), { recursive: true });
    writeFileSync(configPath(), "restart_after_update = false\n");
    const page = await machine.page();
    const release = publish();
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "done" });
    expect(job.outcome).toMatch(/what runs is the old version until it is restarted\.$/);
    expect(await machine.page()).toBe(page);
    await machine.app().actions.act("comfy", "stop");
    await machine.app().actions.act("comfy", "start");
    expect(await waitFor(machine.page)).toBe(release.page);
  });
});

describe("a service that is not well", () => {
  it("is rolled back where it runs, and its port never answers", async () => {
    const before = await look();
    publish("time.sleep(1000)");
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "rolled_back", whole: true });
    expect(job.error).toMatch(/^Comfy UI runs, but port \d+ did not answer in /);
    await expectOld(before);
  });

  it("is not judged worse where it was FATAL before", async () => {
    await machine.app().actions.act("comfy", "stop");
    publish("sys.exit(3)");
    await start();
    expect(await machine.ended()).toMatchObject({ state: "done" });
    await expect(machine.app().actions.act("comfy", "start")).rejects.toThrow(/did not start/);
    await untilIn("FATAL");
    const release = publish();
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "done", error: null });
    await machine.app().actions.act("comfy", "start");
    expect(await waitFor(machine.page)).toBe(release.page);
  });

  it("is waited for where supervisord falls silent at its restart", async () => {
    const release = publish();
    await holdAt("tar *--create*");
    machine.supervisord.signal("SIGSTOP");
    held.release();
    await untilStep("restart");
    machine.supervisord.signal("SIGCONT");
    await untilStep("health");
    machine.supervisord.signal("SIGSTOP");
    await waitFor(async () =>
      (await machine.job()).steps.some(({ detail }) => detail === "supervisord does not answer"),
    );
    machine.supervisord.signal("SIGCONT");
    expect(await machine.ended()).toMatchObject({ state: "done", error: null });
    expect(await machine.page()).toBe(release.page);
  });
});

describe("a checkout that is not as usual", () => {
  beforeAll(() => machine.app().actions.act("comfy", "stop"));

  function cloneAgain(options: CloneOptions) {
    // What git does to keep a checkout tidy may still be at work in it.
    rmSync(machine.repo, { recursive: true, maxRetries: 20 });
    renameSync(machine.remote.clone(options), machine.repo);
  }

  async function update(body = {}): Promise<UpdateJob> {
    await start(body);
    return machine.ended();
  }

  it("stays shallow", async () => {
    cloneAgain({ depth: 1 });
    const { sha } = publish();
    expect(await update()).toMatchObject({ state: "done", rollback_after: sha });
    expect(headOf()).toBe(sha);
    expect(gitIn(machine.repo, "rev-parse", "--is-shallow-repository")).toBe("true");
  });

  it("goes back to the commit that no branch was on", async () => {
    cloneAgain({});
    gitIn(machine.repo, "checkout", "--quiet", "--detach", "HEAD~1");
    const before = machine.picture();
    const { sha } = publish();
    await holdAt("tar *--create*");
    expect(headOf()).toBe(sha);
    await machine.app().updates.cancel("comfy");
    expect(await machine.ended()).toMatchObject({ state: "cancelled", whole: true });
    expect(machine.picture()).toEqual(before);
  });

  it("takes its submodules along, and back", async () => {
    const other = createRemote({ "inside.txt": "one" });
    machine.remote.addSubmodule("custom_nodes/other", other);
    cloneAgain({ submodules: true });
    const before = machine.picture();
    const inside = other.commit({ "inside.txt": "two" });
    machine.remote.moveSubmodule("custom_nodes/other", inside);
    publish();
    await holdAt("tar *--create*");
    const folder = join(machine.repo, "custom_nodes", "other");
    expect(gitIn(folder, "rev-parse", "HEAD")).toBe(inside);
    await machine.app().updates.cancel("comfy");
    expect(await machine.ended()).toMatchObject({ state: "cancelled", whole: true });
    expect(machine.picture()).toEqual(before);
    held.clear();
    expect(await update()).toMatchObject({ state: "done" });
    expect(gitIn(folder, "rev-parse", "HEAD")).toBe(inside);
  });

  it("keeps on a branch what a rewritten history leaves behind", async () => {
    cloneAgain({ submodules: true });
    const [old, before] = [headOf(), machine.picture()];
    machine.remote.rewriteHistory();
    const { sha } = publish();
    const refused = await update();
    expect(refused).toMatchObject({
      state: "error",
      error: expect.stringMatching(/own commits? on/),
    });
    expect(machine.picture()).toEqual(before);
    const job = await update({ keep_edits: true });
    expect(job).toMatchObject({ state: "done", kept_branch: expect.any(String) });
    expect(headOf()).toBe(sha);
    expect(gitIn(machine.repo, "merge-base", old, job.kept_branch ?? "")).toBe(old);
  });
});

describe("a source that does not give what is wanted", () => {
  it("is left at once when the user cancels", async () => {
    const before = machine.picture();
    await holdAt("git *ls-remote*");
    await machine.app().updates.cancel("comfy");
    const job = await machine.ended(10_000);
    expect(job).toMatchObject({ state: "cancelled", whole: true });
    expect(job.outcome).toMatch(/^Cancelled\. Comfy UI stays at /);
    expect(machine.picture()).toEqual(before);
  });

  it("never replaces a torch that was built for CUDA", async () => {
    machine.index.release("torch", "2.9.0+cu128");
    machine.index.release("torch", "2.10.0");
    await machine.install("torch==2.9.0+cu128");
    const before = machine.picture();
    publish("", "torch==2.10.0\n");
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "error", whole: true });
    expect(job.error).toMatch(/The installed build \(torch==2\.9\.0\+cu128\) is never replaced/);
    expect(machine.picture()).toEqual(before);
  });

  it("may go away in the middle of a download", async () => {
    const before = machine.picture();
    publish();
    await holdAt("git *commit-tree*");
    machine.index.stopDuring("widget");
    held.release();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "error", whole: true });
    expect(job.error).toMatch(/^The package index at .* could not be reached/);
    expect(machine.picture()).toEqual(before);
  });
});
