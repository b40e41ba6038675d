import { appendFile, mkdtemp, readFile, rename, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSupervisord } from "../adapters/supervisord";
import { logLine, said } from "../testing/main-log-lines";
import { startSupervisord } from "../testing/real-supervisord";
import { waitFor } from "../testing/wait-for";
import { followMainLog, type MainLog, type MainLogEntry, readMainLog } from "./main-log";
import { parseEntry } from "./main-log-entry";

const AT = new Date("2026-11-23T08:14:49.237");
const NOTHING = {
  process: null,
  pid: null,
  exitStatus: null,
  signal: null,
  expected: null,
  reason: null,
};
const FOREVER = new AbortController().signal;

test.each([
  ["spawned: 'comfy' with pid 398", { kind: "spawned", process: "comfy", pid: 398 }],
  [said.running("comfy"), { kind: "running", process: "comfy" }],
  [
    "exited: comfy (exit status 1; not expected)",
    { kind: "exited", process: "comfy", exitStatus: 1, expected: false },
  ],
  [
    "exited: comfy (exit status 0; expected)",
    { kind: "exited", process: "comfy", exitStatus: 0, expected: true },
  ],
  [
    "exited: comfy (terminated by SIGKILL; not expected)",
    { kind: "exited", process: "comfy", signal: "SIGKILL", expected: false },
  ],
  [
    "exited: comfy (terminated by SIGSEGV (core dumped); not expected)",
    { kind: "exited", process: "comfy", signal: "SIGSEGV", expected: false },
  ],
  [
    "exited: comfy (terminated by signal 40; not expected)",
    { kind: "exited", process: "comfy", signal: "signal 40", expected: false },
  ],
  [
    "exited: comfy (unknown termination cause 0x00ff; not expected)",
    { kind: "exited", process: "comfy", expected: false },
  ],
  [
    "stopped: comfy (terminated by SIGTERM)",
    { kind: "stopped", process: "comfy", signal: "SIGTERM" },
  ],
  ["stopped: comfy (exit status 0)", { kind: "stopped", process: "comfy", exitStatus: 0 }],
  ["waiting for comfy to stop", { kind: "stopping", process: "comfy" }],
  [
    "killing 'comfy' (398) with SIGKILL",
    { kind: "killed", process: "comfy", pid: 398, signal: "SIGKILL" },
  ],
  [said.gaveUp("comfy"), { kind: "gave_up", process: "comfy" }],
  [
    "spawnerr: can't find command '/opt/x'",
    { kind: "spawn_failed", reason: "can't find command '/opt/x'" },
  ],
  [
    "spawnerr: too many open files to spawn 'comfy'",
    {
      kind: "spawn_failed",
      process: "comfy",
      reason: "too many open files to spawn 'comfy'",
    },
  ],
  ["supervisord started with pid 7", { kind: "supervisord_started", pid: 7 }],
  [
    "received SIGTERM indicating exit request",
    { kind: "supervisord_ended", signal: "SIGTERM", reason: "exit" },
  ],
  [
    "received SIGHUP indicating restart request",
    { kind: "supervisord_ended", signal: "SIGHUP", reason: "restart" },
  ],
  ["waiting for comfy, kohya to die", { kind: "supervisord_ended" }],
])("%s", (message, told) => {
  const line = logLine(AT, message).trimEnd();
  expect(parseEntry(line)).toEqual({ at: AT.getTime(), ...NOTHING, ...told });
});

test.each([
  logLine(AT, "RPC interface 'supervisor' initialized").trimEnd(),
  logLine(AT, "received SIGUSR2 indicating log reopen request").trimEnd(),
  "exited: comfy (exit status 1; not expected)",
  `${logLine(AT, "exited: comfy (exit status 1; not expected").trimEnd()}`,
  "",
  "\u0000".repeat(100),
])("%j tells of nothing", (line) => {
  expect(parseEntry(line)).toBeNull();
});

test("a line keeps no more in memory than a name and a reason may be long", () => {
  expect(parseEntry(logLine(AT, said.spawned("x".repeat(1000))).trimEnd())).toBeNull();
  const entry = parseEntry(logLine(AT, said.notFound("/x".repeat(1000))).trimEnd());
  expect(entry?.reason).toHaveLength(500);
});

test("a recorded log of a real supervisord is understood to the last line", async () => {
  const recorded = "lib/client/terminal/fixtures/supervisord.log";
  const lines = (await readFile(recorded, "utf8")).trimEnd().split("\n");
  const silent = lines.filter((line) => parseEntry(line) === null);

  expect(silent.map((line) => line.slice(29)).filter((line) => !SILENT.test(line))).toEqual([]);
  expect(lines.length - silent.length).toBeGreaterThan(150);
});
const SILENT =
  /^(Supervisor is running as root|RPC interface|Server 'unix_http_server'|daemonizing|supervisord logreopen|received SIGUSR2)/;

let dir: string;
let path: string;
let log: MainLog | null;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "main-log-"));
  path = join(dir, "supervisord.log");
  log = null;
});
afterEach(async () => {
  await log?.close();
  await rm(dir, { recursive: true });
});

const spawnedAs = (pid: number) => logLine(AT, said.spawned("comfy", pid));
const write = (from: number, to: number) =>
  appendFile(
    path,
    upTo(to)
      .slice(from - 1)
      .map(spawnedAs)
      .join(""),
  );
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The pids, which number the lines. */
async function pidsOf(entries: AsyncIterable<MainLogEntry | MainLogEntry[]>): Promise<number[]> {
  const pids: number[] = [];
  for await (const some of entries) pids.push(...[some].flat().map(({ pid }) => pid ?? 0));
  return pids;
}

async function follow(): Promise<MainLog> {
  log = await followMainLog(path);
  return log;
}

test("it is read in both directions from where it ends at first", async () => {
  await write(1, 3);
  const following = await follow();
  await write(4, 5);

  expect(await pidsOf(following.pastEntries(FOREVER))).toEqual([3, 2, 1]);
  expect(await pidsOf(following.newEntries())).toEqual([4, 5]);
  expect(await pidsOf(following.newEntries())).toEqual([]);
  expect(await pidsOf(following.pastEntries(FOREVER))).toEqual([5, 4, 3, 2, 1]);
});

test("the past does not hold what is still to be read, also not after a rotation", async () => {
  await write(1, 2);
  const following = await follow();
  await write(3, 3);
  await rename(path, `${path}.1`);
  await write(4, 4);

  expect(await pidsOf(following.pastEntries(FOREVER))).toEqual([2, 1]);
  expect(await pidsOf(following.newEntries())).toEqual([3, 4]);
  expect(await pidsOf(following.pastEntries(FOREVER))).toEqual([4, 3, 2, 1]);
});

test("a line that is being written is read when it is whole", async () => {
  await write(1, 1);
  const following = await follow();
  const [start, end] = [spawnedAs(2).slice(0, 30), spawnedAs(2).slice(30)];
  await appendFile(path, start);
  expect(await pidsOf(following.newEntries())).toEqual([]);
  await appendFile(path, end);
  expect(await pidsOf(following.newEntries())).toEqual([2]);
});

test("one that is not there yet is read from its beginning, one that is emptied or made anew as well", async () => {
  const following = await follow();
  expect(await pidsOf(following.pastEntries(FOREVER))).toEqual([]);
  await write(1, 2);
  expect(await pidsOf(following.newEntries())).toEqual([1, 2]);
  await truncate(path);
  await write(3, 3);
  expect(await pidsOf(following.newEntries())).toEqual([3]);
  await rm(path);
  await write(4, 5);
  expect(await pidsOf(following.newEntries())).toEqual([4, 5]);
});

test("all of it is read backwards through its rotations", async () => {
  await write(1, 2);
  await rename(path, `${path}.2`);
  await write(3, 900);
  await rename(path, `${path}.1`);
  await write(901, 905);

  expect(await pidsOf(readMainLog(path, FOREVER))).toEqual(upTo(905).reverse());
});

test("reading backwards ends when it is asked to", async () => {
  await write(1, 5000);
  const enough = new AbortController();
  const pids: (number | null)[] = [];
  for await (const some of readMainLog(path, enough.signal)) {
    pids.push(...some.map(({ pid }) => pid));
    enough.abort();
  }
  expect(pids.length).toBeGreaterThan(100);
  expect(pids.length).toBeLessThan(4000);
  expect(pids[0]).toBe(5000);
});

test("inside a line that never ends too, reading ends when it is asked to", async () => {
  await write(1, 2);
  await appendFile(path, "x".repeat(512 * 1024));
  const enough = new AbortController();

  const entries = readMainLog(path, enough.signal);
  expect(await entries.next()).toEqual({ done: false, value: [] });
  enough.abort();
  expect(await entries.next()).toMatchObject({ done: true });
});

test("a line without an end costs nothing but itself", async () => {
  await write(1, 1);
  const following = await follow();
  const endless = "x".repeat(1024 * 1024);
  for (let part = 0; part < 5; part += 1) await appendFile(path, endless);
  await appendFile(path, "\n");
  await write(2, 2);

  expect(await pidsOf(following.newEntries())).toEqual([2]);
  expect(await pidsOf(readMainLog(path, FOREVER))).toEqual([2, 1]);
});

test("a folder in its place is an empty log", async () => {
  path = dir;
  const following = await follow();
  expect(await pidsOf(following.newEntries())).toEqual([]);
  expect(await pidsOf(following.pastEntries(FOREVER))).toEqual([]);
});

test("what a real supervisord writes across its own rotations comes once and in order", async () => {
  const real = await startSupervisord(`
[supervisord]
logfile_maxbytes=2KB
logfile_backups=9
[program:comfy]
command=/bin/sleep 1000
startsecs=0
stopsignal=KILL
`);
  const supervisord = createSupervisord({ findSocket: () => real.socketPath });
  try {
    const following = await followMainLog(real.logPath);
    const before = (await pidsOf(following.pastEntries(FOREVER))).length;
    const live: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      await supervisord.stop("comfy");
      await waitFor(() => stateIs("STOPPED"));
      await supervisord.start("comfy");
      await waitFor(() => stateIs("RUNNING"));
      if (round % 7 === 6)
        for await (const entry of following.newEntries()) live.push(keyOf(entry));
    }
    for await (const entry of following.newEntries()) live.push(keyOf(entry));

    const all: string[] = [];
    for await (const some of readMainLog(real.logPath, FOREVER)) {
      all.unshift(...some.toReversed().map(keyOf));
    }
    expect(await readFile(`${real.logPath}.2`, "utf8")).toContain("comfy");
    expect(live).toEqual(all.slice(before));
    expect(live.filter((key) => key.includes("stopped"))).toHaveLength(20);
    await following.close();
  } finally {
    supervisord.close();
    await real.stop();
  }

  async function stateIs(state: string): Promise<boolean> {
    const { processes } = await supervisord.look({ configs: false });
    return processes[0]?.statename === state;
  }
});

function keyOf({ at, kind, pid }: { at: number; kind: string; pid: number | null }): string {
  return `${at} ${kind} ${pid}`;
}
