import { expect, test } from "vitest";
import type { Cause } from "@/lib/contract/causes";
import type { ProcessInfo, ProgramConfig } from "./adapters/supervisord";
import { type Life, newLife } from "./lives";
import { createServices, type Ending } from "./services";
import type { Snapshot } from "./snapshot";

const NOW = 1_770_000_000;

const process: ProcessInfo = {
  name: "comfy",
  group: "comfy",
  statename: "RUNNING",
  now: NOW,
  start: NOW - 180,
  stop: 0,
  exitstatus: 0,
  spawnerr: "",
  pid: 42,
  stdout_logfile: "/logs/comfy.out.log",
  stderr_logfile: "/logs/comfy.err.log",
};

const config: ProgramConfig = {
  name: "comfy",
  group: "comfy",
  autostart: true,
  command: "/bin/bash -lc '/opt/pilot/comfy.sh'",
  directory: "none",
  exitcodes: [0, 2],
  startsecs: 2,
  startretries: 3,
  stopwaitsecs: 10,
  process_prio: 999,
};

type World = {
  processes?: Partial<ProcessInfo>[];
  life?: Partial<Life>;
  causeOf?: (ending: Ending) => Promise<Cause | null>;
  inFile?: Record<string, boolean>;
  present?: boolean;
  standIns?: boolean;
  held?: string[];
};

function servicesOf(world: World) {
  const processes = (world.processes ?? [{}]).map((change) => ({ ...process, ...change }));
  const section = (autostart: boolean) => ({ section: "", file: "", autostart, options: {} });
  const inFile = Object.entries(world.inFile ?? {});
  const snapshot: Snapshot = {
    at: NOW * 1000,
    supervisord: { state: "RUNNING", pid: 1, version: "4.2.5" },
    processes,
    parsed: new Map([["comfy", config]]),
    conf: {
      signature: "",
      error: null,
      programs: new Map(inFile.map(([name, autostart]) => [name, section(autostart)])),
      supervisord: { logfile: null },
    },
    lives: new Map([["comfy", { ...newLife(true), ...world.life }]]),
  };
  return createServices({
    monitor: { read: async () => snapshot },
    apps: { isPresent: async () => world.present ?? true, expectedAt: () => "/opt/repos/ComfyUI" },
    loadedAutostart: () => true,
    settings: { standIns: world.standIns ?? false, portOf: (_, fallback) => fallback },
    ownPid: 7,
    findHeld: async () => new Set(world.held),
    ...(world.causeOf ? { causeOf: world.causeOf } : {}),
  });
}

const comfy = (change: Partial<ProcessInfo>, world: World = {}) =>
  servicesOf({ ...world, processes: [change] }).find("comfy");

test("a running service tells its times, its port and its pid", async () => {
  expect(await comfy({})).toEqual({
    name: "comfy",
    display: "Comfy UI",
    state: "RUNNING",
    state_raw: "RUNNING",
    running: true,
    autostart: true,
    autostart_loaded: true,
    pid: 42,
    started_at: new Date((NOW - 180) * 1000).toISOString(),
    stopped_at: null,
    uptime_seconds: 180,
    exit_status: null,
    exit_signal: null,
    exit_expected: null,
    spawn_error: null,
    description: "up 3 min",
    detail: "up 3 min",
    port: 5555,
    public_port: true,
    installed: true,
    stand_in: false,
    held: false,
    self: false,
    guarded: true,
    restarts_last_hour: 0,
    flapping: false,
    cause: null,
    clock: {
      missing_at: null,
      start_seconds: 2,
      stop_wait_seconds: 10,
      next_try_at: null,
      tries: 0,
    },
    checked_at: new Date(NOW * 1000).toISOString(),
  });
});

test("a service that has only just come up is not guarded, nor one that holds no work", async () => {
  expect((await comfy({ start: NOW - 59 })).guarded).toBe(false);
  const tensorBoard = servicesOf({ processes: [{ name: "diffpipe", group: "diffpipe" }] });
  expect((await tensorBoard.find("diffpipe")).guarded).toBe(false);
});

test("in BACKOFF and FATAL the exit code comes from the main log, not from supervisord's 0", async () => {
  const lastEnd = { at: NOW * 1000, exitStatus: 1, signal: null };
  const life = { lastEnd, tries: 2 };
  const spawnerr = "Exited too quickly (process log may have details)";

  const crashing = await comfy({ statename: "BACKOFF", stop: NOW, spawnerr, pid: 0 }, { life });
  expect(crashing).toMatchObject({
    exit_status: 1,
    description: "keeps crashing: exited with 1, next try in 2 s",
    uptime_seconds: null,
    pid: null,
    clock: { tries: 2, next_try_at: new Date((NOW + 2) * 1000).toISOString() },
  });
  const failed = await comfy(
    { statename: "FATAL", stop: NOW, spawnerr },
    { life: { ...life, tries: 4 } },
  );
  expect(failed).toMatchObject({
    description: "failed: exited with 1, gave up after 4 tries",
    clock: { tries: 4, next_try_at: null },
  });
});

test("after a start that failed the next try is counted from there, not from an end long ago", async () => {
  const crashing = await comfy(
    { statename: "BACKOFF", start: NOW, stop: NOW - 900, spawnerr: "can't find command '/x'" },
    { life: { tries: 3 } },
  );
  expect(crashing.description).toBe("keeps crashing: can't find command '/x', next try in 3 s");
});

test("an exit is expected where the config lists its code", async () => {
  const exited = (exitstatus: number) => comfy({ statename: "EXITED", stop: NOW - 9, exitstatus });

  expect(await exited(2)).toMatchObject({ exit_status: 2, exit_expected: true });
  expect(await exited(3)).toMatchObject({ exit_status: 3, exit_expected: false });
});

test("a death by signal has no exit code", async () => {
  const life = { lastEnd: { at: NOW * 1000, exitStatus: null, signal: "SIGKILL" } };
  expect(await comfy({ statename: "EXITED", stop: NOW, exitstatus: -1 }, { life })).toMatchObject({
    exit_status: null,
    exit_signal: "SIGKILL",
    exit_expected: false,
  });
});

test("autostart is what the file says, also for a process of a group; else what is loaded", async () => {
  expect((await comfy({}, { inFile: { comfy: false } })).autostart).toBe(false);
  expect((await comfy({}, { inFile: {} })).autostart).toBe(true);

  const group = servicesOf({
    processes: [{ name: "worker_00", group: "worker" }],
    inFile: { worker: false },
  });
  expect(await group.find("worker:worker_00")).toMatchObject({ autostart: false, port: null });
});

test("an absent app is not installed, unless something runs all the same", async () => {
  expect(await comfy({ statename: "STOPPED" }, { present: false })).toMatchObject({
    installed: false,
    description: "not installed",
    detail: "no program at /opt/repos/ComfyUI",
    clock: { missing_at: "/opt/repos/ComfyUI" },
  });
  expect(await comfy({}, { present: false })).toMatchObject({ installed: true, stand_in: false });
  expect(await comfy({}, { present: false, standIns: true })).toMatchObject({
    installed: false,
    stand_in: true,
    description: "up 3 min",
  });
});

test("ControlPilot knows itself by its name and by its process", async () => {
  const services = servicesOf({
    processes: [
      { name: "controlpilot", group: "controlpilot" },
      { name: "panel", group: "panel", pid: 7 },
    ],
  });
  expect((await services.list()).map(({ self }) => self)).toEqual([true, true]);
});

test.each<[ProcessInfo["statename"], boolean]>([
  ["RUNNING", true],
  ["STARTING", true],
  ["EXITED", true],
  ["BACKOFF", false],
  ["FATAL", false],
  ["STOPPED", false],
])("a service that crashed three times in a row and is %s is flapping: %s", async (statename, is) => {
  const crashes = [40, 30, 20].map((seconds) => (NOW - seconds) * 1000);
  const life = { crashes, restarts: [...crashes, (NOW - 4000) * 1000] };
  expect(await comfy({ statename }, { life })).toMatchObject({
    flapping: is,
    restarts_last_hour: 3,
  });
});

test("why it died is asked for services that are not well, with how they ended", async () => {
  const cause: Cause = { kind: "gpu_memory", title: "t", text: "x", advice: "a", line: null };
  const asked: Ending[] = [];
  const causeOf = async (ending: Ending) => {
    asked.push(ending);
    return cause;
  };
  const at = NOW * 1000 - 1500;
  const life = { lastEnd: { at, exitStatus: 1, signal: null } };
  const ended = { stop: NOW, exitstatus: 1 };

  const world = { life, causeOf };
  expect((await comfy({}, world)).cause).toBeNull();
  expect((await comfy({ ...ended, statename: "STOPPED" }, world)).cause).toBeNull();
  expect((await comfy({ ...ended, exitstatus: 0, statename: "EXITED" }, world)).cause).toBeNull();
  expect(asked).toEqual([]);

  expect((await comfy({ ...ended, statename: "FATAL" }, world)).cause).toEqual(cause);
  await comfy({ ...ended, statename: "BACKOFF" }, world);
  await comfy({ ...ended, statename: "EXITED" }, world);
  await comfy({}, { causeOf, life: { ...life, crashes: [at, at, at] } });
  expect(asked).toEqual(
    ["FATAL", "BACKOFF", "EXITED", "RUNNING"].map((state) => ({
      name: "comfy",
      display: "Comfy UI",
      port: 5555,
      state,
      exit_status: 1,
      exit_signal: null,
      ended_at: new Date(at).toISOString(),
    })),
  );
});

test("a service that waits for its update says so, is up for no time and holds no work", async () => {
  expect(await comfy({}, { held: ["comfy"] })).toMatchObject({
    held: true,
    state: "RUNNING",
    detail: "waits for its update",
    description: "waits for its update",
    uptime_seconds: null,
    guarded: false,
  });
  expect(await comfy({}, { held: ["kohya"] })).toMatchObject({ held: false, detail: "up 3 min" });
});

test("an unknown name is not found", async () => {
  await expect(servicesOf({}).find("ghost")).rejects.toMatchObject({ code: "not_found" });
});
