import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { UpdateJob } from "@/lib/contract/updates";
import { createHolds } from "./adapters/holds";
import { identify } from "./adapters/process";
import { readEnv } from "./env";
import { createBootUpdates } from "./programs/boot-updates";
import { gitIn, removeFolders } from "./testing/git-remotes";
import { createHeldPrograms, type HeldPrograms } from "./testing/held-programs";
import { createUpdateMachine, type UpdateMachine } from "./testing/update-machine";
import { waitFor } from "./testing/wait-for";
import { codeOf } from "./testing/web-service";

vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

let machine: UpdateMachine;
let programs: HeldPrograms;
let releases = 0;

const inDir = (...path: string[]) => join(machine.dir, ...path);
const services = () => machine.app().services;

beforeAll(async () => {
  programs = createHeldPrograms();
  const environment = { PATH: programs.path, SERVICE_UPDATE_HEALTH_SECONDS: "1" };
  const others = "[program:other]\ncommand=sleep 600\n";
  machine = await createUpdateMachine(environment, { launch, others });
  mkdirSync(inDir("workspace", "config"));
}, 60_000);
afterEach(() => programs.clear());
afterAll(async () => {
  await machine.end();
  removeFolders();
}, 30_000);

/** As the launchers of the image: they wait for their update, and become the app. */
function launch(dir: string, command: string): string {
  const launcher = join(dir, "comfy.sh");
  const text = `#!/usr/bin/env bash
export PILOT_RUN_DIR=${dir}/run WORKSPACE_ROOT=${dir}/workspace
. ${resolve("scripts/lib.sh")}
wait_for_update comfy
exec ${command}
`;
  writeFileSync(launcher, text, { mode: 0o700 });
  return `/bin/bash -lc '${launcher}'`;
}

/** A new version at the remote, which the next boot is to bring. */
function ask(before = "") {
  releases += 1;
  const [name, widget] = [`release ${releases}`, `2.${releases}`];
  machine.index.release("widget", widget);
  const files = { "main.py": codeOf(name, before), "requirements.txt": `widget==${widget}\n` };
  const sha = machine.remote.commit(files);
  const text = `enabled = true\n[services.comfy]\nauto_update = true\ntarget_ref = "${sha}"\n`;
  writeFileSync(inDir("workspace", "config", "service-updates.toml"), text);
  return { sha, page: `${name} with widget ${widget}` };
}

/** As bootstrap.sh does it: the holds, the reconcile, then supervisord. */
async function boot(environment: Record<string, string> = {}) {
  await machine.supervisord.end();
  writeFileSync(outLog(), "");
  await createHolds(inDir("run")).hold(["comfy"]);
  const program = inDir("bin", "service-updates-reconcile.mjs");
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  writeFileSync(inDir("run", "hold", "comfy"), `${child.pid}\n`);
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  const ended = once(child, "close");
  await machine.supervisord.startAgain();
  return { child, lines, pid: child.pid ?? 0, code: async () => (await ended)[0] };
}

/** A boot whose update has come to where the packages are installed, and goes no further. */
async function bootHeld() {
  programs.holdNext("tar *--create*");
  const reconcile = await boot();
  const program = await programs.untilHeld();
  return { ...reconcile, program };
}

const outLog = () => join(machine.supervisord.dir, "comfy.out.log");

/** The versions that were started since the boot, in their order. */
function started(): string[] {
  const lines = readFileSync(outLog(), "utf8").split("\n");
  return lines.filter((line) => line.startsWith("starting ")).map((line) => line.slice(9));
}

const endedJob = () => machine.ended();

/** What is on disk of a job: who asks ControlPilot about one that was cut off starts its recovery. */
function recordOf({ id }: UpdateJob): unknown {
  const path = inDir("workspace", "config", "service-updates", "comfy", id, "job.json");
  return JSON.parse(readFileSync(path, "utf8"));
}

const reasons = ({ id }: UpdateJob) => machine.audit().filter(({ job_id }) => job_id === id);
const headOf = () => gitIn(machine.repo, "rev-parse", "HEAD");

describe("a boot with an update to re-apply", () => {
  it("starts the others at once, and the updated service with its new version only", async () => {
    const wanted = ask();
    const { code, pid } = await bootHeld();
    const other = await waitFor(async () => {
      const service = await services().find("other");
      return service.running && service;
    });
    expect(other.held).toBe(false);
    const comfy = await waitFor(async () => {
      const service = await services().find("comfy");
      return service.state === "RUNNING" && service;
    });
    expect(comfy).toMatchObject({ held: true, detail: "waits for its update" });
    expect(await machine.job()).toMatchObject({ state: "running", trigger: "boot", pid });
    expect(started()).toEqual([]);
    await expect(machine.app().actions.act("comfy", "restart")).rejects.toThrow(/being updated/);

    programs.release();
    expect(await code()).toBe(0);
    const job = await endedJob();
    expect(job).toMatchObject({ state: "done", outcome: /^Comfy UI runs / });
    expect(job.steps.find(({ name }) => name === "restart")?.detail).toBe("it waited for this");
    expect(job.steps.find(({ name }) => name === "health")?.detail).toMatch(/^port \d+ answered/);
    expect(started()).toEqual([wanted.page]);
    expect(await machine.page()).toBe(wanted.page);
    const { pid: after, held } = await services().find("comfy");
    expect({ after, held }).toEqual({ after: comfy.pid, held: false });
    expect(reasons(job)).toMatchObject([{ reason: "boot_reconcile", after: wanted.sha }]);
  });

  it("starts a service that has nothing to update as soon as that is known", async () => {
    const page = started().at(-1);
    const { code, lines } = await boot();
    expect(await code()).toBe(0);
    expect(lines[0]).toMatch(/^comfy: is at /);
    expect(await waitFor(machine.page)).toBe(page);
  });

  it("starts the old version where its source does not answer within the silence allowed", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const page = started().at(-1);
    ask();
    gitIn(machine.repo, "remote", "set-url", "origin", `http://127.0.0.1:${port}/comfy.git`);
    const { code, lines } = await boot({ SERVICE_UPDATES_BOOT_SILENCE_SECONDS: "1" });
    expect(await code()).toBe(1);
    gitIn(machine.repo, "remote", "set-url", "origin", machine.remote.url);
    silent.close();
    expect(lines[0]).toMatch(/^comfy: failed: /);
    expect(await waitFor(machine.page)).toBe(page);
  });

  it("goes back to the old version where the new one dies, and runs that", async () => {
    const [before, page] = [machine.picture(), started().at(-1)];
    ask("sys.exit(3)");
    const { code } = await boot();
    expect(await code()).toBe(1);
    const job = await endedJob();
    expect(job).toMatchObject({ state: "rolled_back", outcome: /^Rolled back\. Comfy UI runs / });
    expect(machine.picture()).toEqual(before);
    expect(await waitFor(machine.page)).toBe(page);
    expect(started()[0]).not.toBe(page);
    expect(started().at(-1)).toBe(page);
  });
});

describe("while a service waits for its update", () => {
  it("a cancel puts the old version back, which then starts", async () => {
    const [before, page] = [machine.picture(), await machine.page()];
    ask();
    const { code } = await bootHeld();
    await machine.app().updates.cancel("comfy");
    expect(await code()).toBe(0);
    expect(await endedJob()).toMatchObject({ state: "cancelled", whole: true });
    expect(machine.picture()).toEqual(before);
    expect(await waitFor(machine.page)).toBe(page);
    expect(started()).toEqual([page]);
  });

  it("whoever stops it is heard: it is updated and stays stopped", async () => {
    const { sha } = ask();
    const { code } = await bootHeld();
    // As supervisorctl does it, which asks nobody.
    await run("supervisorctl", ["-c", machine.supervisord.configPath, "stop", "comfy"]);
    programs.release();
    expect(await code()).toBe(0);
    const job = await endedJob();
    expect(job).toMatchObject({ state: "done", outcome: /stays stopped\.$/ });
    expect(job.steps.find(({ name }) => name === "restart")).toMatchObject({
      state: "skipped",
      detail: "it was stopped meanwhile and stays so",
    });
    expect(headOf()).toBe(sha);
    expect((await services().find("comfy")).state).toBe("STOPPED");
    expect(started()).toEqual([]);
  });
});

describe("a reconcile that does not come to its end", () => {
  it("killed, lets the service start, and ControlPilot puts the old version back", async () => {
    const before = machine.picture();
    ask();
    const { child, code } = await bootHeld();
    child.kill("SIGKILL");
    await code();
    await waitFor(async () => !(await services().find("comfy")).held);
    machine.restartServer();
    await machine.app().updates.recover();
    const job = await endedJob();
    expect(job).toMatchObject({ state: "rolled_back", whole: true, trigger: "boot" });
    expect(machine.picture()).toEqual(before);
    expect(started().at(-1)).toBe(await waitFor(machine.page));
    expect((await services().find("comfy")).state).toBe("RUNNING");
  });

  it("asked to end, ends at once with what it runs, and is mended once by the next boot", async () => {
    const before = machine.picture();
    const { sha, page } = ask();
    const { child, code, program } = await bootHeld();
    const cutOff = await machine.job();
    child.kill("SIGTERM");
    expect(await code()).toBe(143);
    // Killed at once; the system takes a moment to let go of it.
    await waitFor(() => identify(program) === null);
    expect(recordOf(cutOff)).toMatchObject({ state: "running", touched: true, endedAt: null });
    expect(machine.picture()).not.toEqual(before);

    // The web server, too, looks for what was cut off, at the same time.
    programs.clear();
    const next = await boot();
    machine.restartServer();
    await machine.app().updates.recover();
    expect(await next.code()).toBe(0);
    expect(reasons(cutOff)).toMatchObject([{ state: "rolled_back", reason: "boot_reconcile" }]);
    expect(await endedJob()).toMatchObject({ state: "done" });
    expect(headOf()).toBe(sha);
    expect(started()).toEqual([page]);
  });

  it("ends when whoever started it is gone", async () => {
    ask();
    programs.holdNext("tar *--create*");
    await machine.supervisord.end();
    await machine.supervisord.startAgain();
    const program = inDir("bin", "service-updates-reconcile.mjs");
    const script = `"${process.execPath}" "${program}" >/dev/null & echo $!; wait`;
    const shell = spawn("bash", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = await once(shell.stdout, "data");
    await programs.untilHeld();
    shell.kill("SIGKILL");
    await waitFor(() => identify(Number(said)) === null);
    programs.clear();
    await machine.app().updates.recover();
    expect(await endedJob()).toMatchObject({ state: "rolled_back" });
  });
});

it("re-applies nothing that is not chosen any more when its turn comes", async () => {
  const { sha } = ask();
  const { update } = createBootUpdates(readEnv());
  expect(await update("comfy", "v1")).toBeNull();
  const path = inDir("workspace", "config", "service-updates.toml");
  const text = readFileSync(path, "utf8");
  for (const key of ["enabled", "auto_update"]) {
    writeFileSync(path, text.replace(`${key} = true`, `${key} = false`));
    expect(await update("comfy", sha)).toBeNull();
  }
});

it("waits for supervisord only so long", async () => {
  await machine.supervisord.kill();
  expect(await createBootUpdates(readEnv(), 50).isReady()).toBe(false);
  await machine.supervisord.startAgain();
  expect(await createBootUpdates(readEnv(), 5000).isReady()).toBe(true);
});
