import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { StepName, UpdateJob } from "@/lib/contract/updates";
import { withFileLock } from "./adapters/file-lock";
import { newJobId } from "./adapters/job-folders";
import { createJobProcess } from "./adapters/job-process";
import { createJobStore } from "./adapters/job-store";
import { identify, killMarked } from "./adapters/process";
import { bundleProgram } from "./testing/child-program";
import { createRemote, gitIn, removeFolders } from "./testing/git-remotes";
import { createHeldPrograms, type HeldPrograms } from "./testing/held-programs";
import { createUpdateMachine, type UpdateMachine } from "./testing/update-machine";
import { waitFor } from "./testing/wait-for";
import { codeOf } from "./testing/web-service";
import { JobRecord, newRecord } from "./update-record";

vi.setConfig({ testTimeout: 60_000 });

let machine: UpdateMachine;
let held: HeldPrograms;
let starter: string;
let releases = 0;

/** So many that pip is at work on them for a while. */
const FILES = 1500;

beforeAll(async () => {
  held = createHeldPrograms();
  machine = await createUpdateMachine({ PATH: held.path, SERVICE_UPDATE_HEALTH_SECONDS: "1" });
  await waitFor(async () => (await machine.app().services.find("comfy")).state === "RUNNING");
  renameSync(createRemote({ "kohya_gui.py": "" }).clone(), join(machine.dir, "repos", "kohya_ss"));
  starter = join(machine.dir, "starter.cjs");
  await bundleProgram("update-starter", starter);
  for (const version of ["1.0", "2.0"])
    machine.index.release("heavy", version, { files: manyFiles(version) });
  gitIn(machine.repo, "config", "filter.held.smudge", held.smudge);
  gitIn(machine.repo, "config", "remote.origin.uploadpack", held.uploadPack);
}, 60_000);
afterEach(() => {
  held.clear();
  machine.index.slow(0);
});
afterAll(async () => {
  await machine.end();
  removeFolders();
}, 30_000);

/** A new version at the remote: files before and behind the one that git can be held at, and another package. */
function publish(before = "", requirements = "") {
  releases += 1;
  const widget = `2.${releases}`;
  machine.index.release("widget", widget);
  const name = `release ${releases}`;
  const sha = machine.remote.commit({
    ".gitattributes": "held.txt filter=held\n",
    "a-first.txt": name,
    "held.txt": name,
    "main.py": codeOf(name, before),
    "requirements.txt": `widget==${widget}\n${requirements}`,
  });
  return { sha, page: `${name} with widget ${widget}` };
}

function manyFiles(version: string): Record<string, string> {
  const names = Array.from({ length: FILES }, (_, number) => `heavy/${version}-${number}.txt`);
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** How many files of a version of the package with many files are there. */
function installed(version: string): number {
  const [python = ""] = readdirSync(join(machine.venv, "lib"));
  const folder = join(machine.venv, "lib", python, "site-packages", "heavy");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((name) => name.startsWith(`${version}-`)).length;
}

const configPath = () => join(machine.workspace, "config", "service-updates.toml");
const auditPath = () => join(machine.workspace, "config", "service-updates-rollback.jsonl");

/** Another ControlPilot, in a process of its own, that starts an update. */
async function startServer() {
  const server = spawn(process.execPath, [starter, "comfy", join(machine.dir, "bin")], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  const [said] = await once(server.stdout, "data");
  return { pid: server.pid ?? 0, said: String(said).trim(), ended };
}

/** Its process, without the server's own look at who else is at work. */
async function startUnasked(name: string): Promise<void> {
  const store = createJobStore(join(machine.workspace, "config", "service-updates"), JobRecord);
  const id = newJobId(new Date());
  const request = { target: null, keepEdits: false, policy: null, rollbackTo: null };
  const about = { id, name, display: name, kind: "git", trigger: "user", actor: "user" } as const;
  await store.create(newRecord({ ...about, mends: false, request }, Date.now()));
  const stderrPath = store.pathOf(name, id, "stderr.log");
  const { launch } = createJobProcess(join(machine.dir, "bin", "update-job.mjs"));
  await launch("run", { name, id, stderrPath });
}

const start = () => machine.app().updates.start("comfy", {});

function stepOf({ steps }: UpdateJob): StepName | undefined {
  return steps.find(({ state }) => state === "running")?.name;
}

async function untilStep(name: StepName): Promise<UpdateJob> {
  return waitFor(async () => {
    const job = await machine.job();
    if (job.state !== "running") throw new Error(`${job.state}: ${job.error}`);
    return stepOf(job) === name && job;
  }, 30_000);
}

/** The job's own process alone: what it has started goes on. */
async function killJob(): Promise<UpdateJob> {
  const job = await machine.job();
  const { pid } = job;
  if (pid === null) throw new Error("the job has no process");
  process.kill(pid, "SIGKILL");
  await waitFor(() => identify(pid) === null);
  return job;
}

/** As when the machine goes down: the job and all that it has started. */
async function killAll(): Promise<UpdateJob> {
  const job = await killJob();
  await killMarked("CONTROLPILOT_JOB", job.id);
  return job;
}

async function recover(): Promise<UpdateJob> {
  machine.restartServer();
  await machine.app().updates.recover();
  return machine.ended();
}

function locks(): string[] {
  const all = readdirSync(join(machine.repo, ".git"), { recursive: true, encoding: "utf8" });
  return all.filter((path) => path.endsWith(".lock"));
}

function leftovers(): string[] {
  const git = join(machine.repo, ".git");
  const staged = (dir: string) => (existsSync(dir) ? readdirSync(dir) : []);
  return [
    ...locks(),
    ...staged(join(git, "controlpilot")),
    ...staged(join(machine.venv, ".controlpilot")),
    ...readdirSync(join(machine.workspace, "config")).filter((path) => path.endsWith(".tmp")),
  ];
}

/** A job's lines; the first comes right after its end. */
async function auditOf({ id }: UpdateJob) {
  return waitFor(() => {
    const lines = machine.audit().filter(({ job_id }) => job_id === id);
    return lines.length > 0 && lines;
  });
}

type Before = Awaited<ReturnType<typeof look>>;

async function look() {
  const { pid } = await machine.app().services.find("comfy");
  const head = gitIn(machine.repo, "rev-parse", "HEAD");
  const pinned = machine.pinned();
  return { pid, head, pinned, page: await machine.page(), picture: machine.picture() };
}

async function expectOld(job: UpdateJob, before: Before, { restarted = false } = {}) {
  expect(job).toMatchObject({ whole: true, pid: null });
  expect(machine.picture()).toEqual(before.picture);
  expect(await waitFor(machine.page)).toBe(before.page);
  expect(machine.pinned()).toBe(before.pinned);
  const { pid, state } = await machine.app().services.find("comfy");
  expect(state).toBe("RUNNING");
  if (!restarted) expect(pid).toBe(before.pid);
  expect(await auditOf(job)).toMatchObject([
    { state: job.state, reason: "update", before: before.head, after: before.head },
  ]);
  // They go once the end of the job is on the disk and told.
  await expect.poll(leftovers, { timeout: 10_000 }).toEqual([]);
}

async function expectNew(job: UpdateJob, before: Before, release: { sha: string; page: string }) {
  expect(job).toMatchObject({ state: "done", error: null, whole: true, pid: null });
  expect(gitIn(machine.repo, "rev-parse", "HEAD")).toBe(release.sha);
  expect(gitIn(machine.repo, "status", "--porcelain")).toBe("");
  expect(await waitFor(machine.page)).toBe(release.page);
  expect(machine.pinned()).toContain(release.sha);
  expect(await auditOf(job)).toMatchObject([
    { state: "done", reason: "update", before: before.head, after: release.sha },
  ]);
  // They go once the end of the job is on the disk and told.
  await expect.poll(leftovers, { timeout: 10_000 }).toEqual([]);
}

/** Goes on from call to call, up to the one that is wanted. */
async function holdAt(patterns: string[]): Promise<number> {
  const [first = "", ...others] = patterns;
  held.holdNext(first);
  await start();
  let pid = await held.untilHeld();
  for (const pattern of others) {
    held.holdNext(pattern);
    held.release();
    pid = await held.untilHeld();
  }
  return pid;
}

const CHECKOUT = "git *checkout --progress*";

describe("a job that is killed before its service was restarted", () => {
  it.each<{ step: StepName; in: string; calls: string[]; state: string }>([
    { step: "preflight", in: "git ls-remote", calls: ["git-upload-pack*"], state: "error" },
    {
      step: "preflight",
      in: "git fetch",
      calls: ["git-upload-pack*", "git-upload-pack*"],
      state: "error",
    },
    { step: "snapshot", in: "git commit-tree", calls: ["git *commit-tree*"], state: "error" },
    {
      step: "fetch",
      in: "git checkout-index",
      calls: ["git *commit-tree*", "git *checkout-index*"],
      state: "error",
    },
    { step: "apply", in: "git checkout", calls: [CHECKOUT, "smudge*"], state: "rolled_back" },
    { step: "dependencies", in: "tar", calls: ["tar *--create*"], state: "rolled_back" },
  ])("at $step, in $in, leaves the old version, which runs on", async ({ step, calls, state }) => {
    const before = await look();
    publish();
    const orphan = await holdAt(calls);
    const { steps } = await killJob();
    expect(steps.find(({ state }) => state === "running")?.name).toBe(step);
    const job = await recover();
    expect(job).toMatchObject({ state, error: expect.stringMatching(/^It was interrupted at “/) });
    await expectOld(job, before);
    expect(identify(orphan)).toBeNull();
  });
});

describe("a job whose programs outlive it", () => {
  it("puts the old version back after git has gone on to the end", async () => {
    const before = await look();
    const { sha } = publish();
    await holdAt([CHECKOUT, "smudge*"]);
    await killJob();
    held.release();
    await waitFor(() => gitIn(machine.repo, "rev-parse", "HEAD") === sha && locks().length === 0);
    await expectOld(await recover(), before);
  });

  it("ends a pip that waits for a slow index", async () => {
    const before = await look();
    publish();
    held.holdNext("git *commit-tree*");
    await start();
    await held.untilHeld();
    const asked = machine.index.requests.length;
    machine.index.slow(600_000);
    held.release();
    await waitFor(() => machine.index.requests.length > asked, 20_000);
    expect(stepOf(await killJob())).toBe("fetch");
    await expectOld(await recover(), before);
  });
});

describe("a job that is killed when its service was restarted", () => {
  it("puts the old version back while supervisord is asked to stop it", async () => {
    const before = await look();
    publish();
    await holdAt(["tar *--create*"]);
    machine.supervisord.signal("SIGSTOP");
    held.release();
    await untilStep("restart");
    await killAll();
    machine.supervisord.signal("SIGCONT");
    const job = await recover();
    expect(job).toMatchObject({ state: "rolled_back", outcome: /runs .* as before/ });
    await expectOld(job, before, { restarted: true });
  });

  it("puts the old version back while the service is down", async () => {
    const before = await look();
    publish();
    await start();
    await untilStep("restart");
    await waitFor(async () => (await machine.page()) === null);
    await killAll();
    await expectOld(await recover(), before, { restarted: true });
  });

  it("puts the old version back while the new one is watched", async () => {
    const before = await look();
    publish();
    await start();
    await untilStep("health");
    await killAll();
    await expectOld(await recover(), before, { restarted: true });
  });

  it("keeps the new version once that is found good", async () => {
    const before = await look();
    const release = publish("", "heavy==1.0\n");
    await start();
    await untilStep("health");
    const { killed } = await withFileLock(configPath(), async () => {
      await untilStep("commit");
      return { killed: await killAll() };
    });
    expect(stepOf(killed)).toBe("commit");
    await expectNew(await recover(), before, release);
  });

  it("writes the audit line that a killed job could not write any more", async () => {
    const before = await look();
    const release = publish("", "heavy==1.0\n");
    await start();
    const { pid } = await untilStep("health");
    const ended = await withFileLock(auditPath(), async () => {
      const job = await waitFor(async () => {
        const job = await machine.job();
        return job.state !== "running" && job;
      }, 40_000);
      process.kill(pid ?? 0, "SIGKILL");
      await waitFor(() => identify(pid ?? 0) === null);
      return job;
    });
    expect(machine.audit().filter(({ job_id }) => job_id === ended.id)).toEqual([]);
    machine.restartServer();
    await machine.app().updates.recover();
    await expectNew(await machine.ended(), before, release);
  });
});

describe("a job that is killed while pip installs", () => {
  it.each([
    { what: "and pip with it", kill: killAll },
    { what: "and pip goes on alone", kill: killJob },
  ])("leaves the old packages, $what", async ({ kill }) => {
    const before = await look();
    expect(installed("1.0")).toBe(FILES);
    publish("", "heavy==2.0\n");
    await start();
    await waitFor(() => installed("2.0") > 0, 30_000);
    const job = await kill();
    expect(stepOf(job)).toBe("dependencies");
    if (kill === killAll) expect(installed("2.0")).toBeLessThan(FILES);
    await expectOld(await recover(), before);
  });
});

describe("a job that is killed while it puts the old version back", () => {
  it("does it again, and again, up to the look whether it answers", async () => {
    const before = await look();
    publish("", "heavy==2.0\n");
    await start();
    await untilStep("health");
    held.holdNext("tar *--extract*");
    await machine.app().updates.cancel("comfy");
    await held.untilHeld();
    expect(stepOf(await killAll())).toBe("restore");
    held.clear();
    held.holdNext("git *read-tree --reset*");
    machine.restartServer();
    await machine.app().updates.recover();
    await held.untilHeld();
    expect(stepOf(await killJob())).toBe("restore");
    held.clear();
    machine.restartServer();
    await untilStep("recheck");
    await killAll();
    const job = await recover();
    expect(job).toMatchObject({ state: "cancelled", error: null });
    await expectOld(job, before, { restarted: true });
  });
});

describe("ControlPilot, when it is killed itself", () => {
  it("finds the job again, which goes on meanwhile", async () => {
    const before = await look();
    const release = publish();
    held.holdNext("tar *--create*");
    const server = await startServer();
    await held.untilHeld();
    process.kill(-server.pid, "SIGKILL");
    await server.ended;
    machine.restartServer();
    await machine.app().updates.recover();
    const job = await machine.job();
    expect(job).toMatchObject({ id: server.said, state: "running" });
    await expectKohyaRefused();
    held.release();
    await expectNew(await machine.ended(), before, release);
    await waitFor(() => identify(job.pid ?? 0) === null);
  });

  /** It works in the same environment: its update is refused, by the server and by the folder's lock. */
  async function expectKohyaRefused() {
    const { updates } = machine.app();
    await expect(updates.start("kohya", {})).rejects.toThrow(/^Comfy UI is being updated, and /);
    await startUnasked("kohya");
    const job = await waitFor(async () => {
      const status = await updates.status("kohya");
      return status.state !== "idle" && status.state !== "running" && status;
    });
    expect(job).toMatchObject({ state: "error", outcome: expect.stringMatching(/^Nothing was/) });
    expect(job.error).toMatch(/^Another update is at work in the folders of /);
    expect(await auditOf(job)).toMatchObject([{ service: "kohya", state: "error" }]);
  }
});

describe("starts at the same time", () => {
  it("change the service once, of one server and of two", async () => {
    const release = publish();
    held.holdNext("tar *--create*");
    const [jobs, server] = await Promise.all([
      Promise.all([start(), start(), start()]),
      startServer(),
    ]);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
    const ids = [...new Set([server.said, ...jobs.map(({ id }) => id)])];
    await held.untilHeld();
    held.release();
    const lines = () => machine.audit().filter(({ job_id }) => ids.includes(String(job_id)));
    await waitFor(() => lines().length === ids.length, 30_000);
    process.kill(-server.pid, "SIGKILL");
    expect(lines().filter(({ state }) => state === "done")).toMatchObject([{ after: release.sha }]);
    expect(await waitFor(machine.page)).toBe(release.page);
  });
});
