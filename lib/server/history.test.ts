import { appendFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProgramConfig } from "./adapters/supervisord";
import { createHistory, type History, type StateEvent } from "./history";
import { logLine, said } from "./testing/main-log-lines";
import { waitFor } from "./testing/wait-for";

const HOUR_MS = 3_600_000;
const NONE = new Map<string, ProgramConfig>();
const SERVICES = ["comfy", "kohya", "twins:left"];

let dir: string;
let path: string;
let history: History;
let reported: unknown[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "history-"));
  path = join(dir, "supervisord.log");
  reported = [];
  history = historyOf(path);
});
afterEach(async () => {
  await history.close();
  await rm(dir, { recursive: true });
  expect(reported).toEqual([]);
});

function historyOf(logPath: string | null, serviceNames: string[] | null = SERVICES): History {
  return createHistory({
    logPath: async () => logPath,
    serviceNames: async () => serviceNames,
    report: (error) => void reported.push(error),
  });
}

const NOW = Date.now();
const hoursAgo = (hours: number) => new Date(NOW - hours * HOUR_MS);
const log = (at: Date, ...messages: string[]) =>
  appendFile(path, messages.map((message) => logLine(at, message)).join(""));
const kindsOf = ({ events }: { events: { kind: string }[] }) => events.map(({ kind }) => kind);
const pidsOf = ({ events }: { events: { pid: number | null }[] }) => events.map(({ pid }) => pid);
const newest = (limit: number, before: Date | null = null) => ({ limit, before });

/** A life of an hour, in six lines. */
async function logRun(hours: number, pid: number): Promise<void> {
  await log(hoursAgo(hours), said.spawned("comfy", pid), said.spawned("kohya", pid + 1));
  await log(hoursAgo(hours - 0.01), said.running("comfy"), said.running("kohya"));
  await log(hoursAgo(hours - 0.89), said.exited("comfy"), said.stopped("kohya"));
}

test("a service's history is its own, the oldest first, from before anybody looked", async () => {
  await log(hoursAgo(3), said.supervisordStarted);
  await logRun(2, 10);

  expect(await history.ofService("comfy", newest(100))).toMatchObject({
    name: "comfy",
    complete: true,
    events: [
      { kind: "supervisord_started", text: "supervisord started, pid 7" },
      { kind: "spawned", pid: 10, text: "Started, pid 10" },
      { kind: "running", pid: 10 },
      { kind: "exited", pid: 10, exit_status: 1, text: "Crashed, exited with 1 after 53 min" },
    ],
  });
});

test("it goes back through rotations, page by page, and says when there is no more", async () => {
  for (const [index, hours] of [9, 7, 5].entries()) {
    await logRun(hours, 10 * (index + 1));
    await rename(path, `${path}.${3 - index}`);
  }
  await logRun(3, 40);

  const last = await history.ofService("comfy", newest(4));
  expect([kindsOf(last), pidsOf(last), last.complete]).toEqual([
    ["exited", "spawned", "running", "exited"],
    [30, 40, 40, 40],
    false,
  ]);
  const before = await history.ofService("comfy", newest(4, new Date(last.events[0]?.at ?? 0)));
  expect([pidsOf(before), before.complete]).toEqual([[20, 20, 30, 30], false]);
  expect(before.events[1]?.text).toBe("Crashed, exited with 1 after 53 min");
  const first = await history.ofService("comfy", newest(4, new Date(before.events[0]?.at ?? 0)));
  expect([pidsOf(first), first.complete]).toEqual([[10, 10, 10, 20], true]);
  const all = await history.ofService("comfy", newest(1000));
  expect([pidsOf(all), all.complete]).toEqual([
    [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40],
    true,
  ]);
});

test("a supervisord that waits long for its services ends once, and hides nothing before it", async () => {
  await log(hoursAgo(3), said.spawned("comfy", 1), said.running("comfy"));
  await log(hoursAgo(2), said.supervisordEnds);
  for (let line = 0; line < 200; line += 1) {
    await log(hoursAgo(2 - line / 1000), "waiting for comfy to die");
  }
  await log(hoursAgo(1), said.stopped("comfy"), said.supervisordStarted);

  const told = await history.ofService("comfy", newest(10));
  expect(kindsOf(told)).toEqual([
    "spawned",
    "running",
    "supervisord_ended",
    "stopped",
    "supervisord_started",
  ]);
  expect(told.events[2]?.at).toBe(hoursAgo(2).toISOString());
  expect(told.complete).toBe(true);
});

test("events of one millisecond are not torn apart by the end of a page", async () => {
  const at = hoursAgo(1);
  await log(at, said.spawned("comfy", 1), said.tooQuick("comfy"), said.spawned("comfy", 2));
  await log(hoursAgo(0.5), said.running("comfy"));

  expect(pidsOf(await history.ofService("comfy", newest(2)))).toEqual([1, 1, 2, 2]);
  expect(pidsOf(await history.ofService("comfy", newest(100, at)))).toEqual([]);
});

test("a process of a group is found by its own name, a start that fails by its command", async () => {
  const program = (name: string, command: string) => ({ name, command }) as ProgramConfig;
  await log(hoursAgo(2), said.spawned("left", 1));
  await log(hoursAgo(1), said.notFound("/opt/kohya/run.sh"), said.notFound("/opt/gone"));
  await history.lives(
    path,
    new Map([
      ["kohya", program("kohya", "'/opt/kohya/run.sh' --listen")],
      ["comfy", program("comfy", "/opt/gone --one")],
      ["twins:left", program("left", "/opt/gone --two")],
    ]),
  );

  expect(kindsOf(await history.ofService("twins:left", newest(9)))).toEqual(["spawned"]);
  expect(kindsOf(await history.ofService("kohya", newest(9)))).toEqual(["spawn_failed"]);
  expect(kindsOf(await history.ofService("comfy", newest(9)))).toEqual([]);
});

test("an unknown service is not found, unless the log knows it", async () => {
  await log(hoursAgo(1), said.spawned("removed", 1));
  await expect(history.ofService("ghost", newest(9))).rejects.toMatchObject({ code: "not_found" });
  expect(kindsOf(await history.ofService("removed", newest(9)))).toEqual(["spawned"]);

  const blind = historyOf(path, null);
  expect(await blind.ofService("ghost", newest(9))).toEqual({
    name: "ghost",
    events: [],
    complete: true,
  });
});

test.each([
  ["none", null],
  ["a missing one", "/nowhere/supervisord.log"],
  ["a device", "/dev/null"],
])("without a main log, %s, nothing has happened", async (_, logPath) => {
  const blind = historyOf(logPath);
  const nothing = { events: [], complete: true };
  expect(await blind.ofService("comfy", newest(9))).toEqual({ name: "comfy", ...nothing });
  expect(await blind.recent(24)).toEqual(SERVICES.map((name) => ({ name, ...nothing })));
  expect(await blind.lives(logPath, NONE)).toEqual(new Map());
  await blind.close();
});

test("the last hours of all services, with what happened to supervisord in each", async () => {
  await logRun(30, 10);
  await log(hoursAgo(5), said.supervisordStarted);
  await log(hoursAgo(4), said.spawned("left", 20));

  const histories = await history.recent(24);
  expect(histories.map(({ name, complete }) => [name, complete])).toEqual([
    ["comfy", false],
    ["kohya", false],
    ["twins:left", true],
  ]);
  expect(histories.map(kindsOf)).toEqual([
    ["supervisord_started"],
    ["supervisord_started"],
    ["supervisord_started", "spawned"],
  ]);
  expect((await history.recent(168)).map(({ events }) => events.length)).toEqual([4, 4, 2]);
});

test("what is written after the first look is in the lives, and in the last hours, once", async () => {
  for (let count = 0; count < 2500; count += 1) await log(hoursAgo(100), said.spawned("kohya"));
  await log(hoursAgo(0.1), said.spawned("comfy", 1));
  expect((await history.lives(path, NONE)).get("comfy")).toMatchObject({ pid: 1, isUp: false });

  const asked = history.recent(168);
  await log(new Date(), said.running("comfy"));
  expect((await history.lives(path, NONE)).get("comfy")).toMatchObject({ pid: 1, isUp: true });
  await asked;

  await rename(path, `${path}.1`);
  await log(new Date(), said.stopped("comfy"));
  const [comfy, kohya] = await history.recent(168);
  expect(comfy && kindsOf(comfy)).toEqual(["spawned", "running", "stopped"]);
  expect(kohya?.events).toHaveLength(2500);
  expect(kohya?.complete).toBe(true);
});

test("another main log is another past", async () => {
  await log(hoursAgo(1), said.spawned("comfy", 1));
  const other = join(dir, "other.log");
  await appendFile(other, logLine(hoursAgo(1), said.spawned("kohya", 2)));

  expect([...(await history.lives(path, NONE)).keys()]).toEqual(["comfy"]);
  expect([...(await history.lives(other, NONE)).keys()]).toEqual(["kohya"]);
  expect((await history.lives(null, NONE)).size).toBe(0);
});

test("who follows services is told of what happens to them from then on, and of nothing else", async () => {
  await log(hoursAgo(1), said.spawned("comfy", 1));
  const leaving = new AbortController();
  const heard: StateEvent[] = [];
  const done = collect(history.stateEvents(["comfy", "twins:left"], leaving.signal), heard);
  await history.lives(path, NONE);

  await log(new Date(), said.running("comfy"), said.spawned("kohya", 2), said.spawned("left", 3));
  await waitFor(() => heard.length >= 2);
  await rename(path, `${path}.1`);
  await log(new Date(), said.supervisordEnds);
  await waitFor(() => heard.length >= 4);

  expect(heard.map(({ service, event }) => [service, event.kind])).toEqual([
    ["comfy", "running"],
    ["twins:left", "spawned"],
    ["comfy", "supervisord_ended"],
    ["twins:left", "supervisord_ended"],
  ]);
  leaving.abort();
  await done;
});

test("who has left is told nothing more, and who comes when it is too late is not told at all", async () => {
  await log(hoursAgo(1), said.spawned("comfy", 1));
  const leaving = new AbortController();
  const heard: StateEvent[] = [];
  const done = collect(history.stateEvents(["comfy"], leaving.signal), heard);
  let news = 0;
  const stop = history.onNews(() => {
    news += 1;
  });
  await history.lives(path, NONE);
  leaving.abort();
  await done;
  await log(new Date(), said.running("comfy"));
  await waitFor(() => news === 1);
  expect(heard).toEqual([]);
  expect(await collect(history.stateEvents(["comfy"], leaving.signal), heard)).toEqual([]);

  stop();
  await log(new Date(), said.stopped("comfy"));
  expect((await history.lives(path, NONE)).get("comfy")?.pid).toBeNull();
  expect(news).toBe(1);
});

async function collect(events: AsyncIterable<StateEvent>, heard: StateEvent[]) {
  for await (const event of events) heard.push(event);
  return heard;
}
