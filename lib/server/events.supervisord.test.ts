import { kill } from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen } from "./testing/listen";
import { createLiveApp } from "./testing/live-app";
import { type RealSupervisord, startSupervisord } from "./testing/real-supervisord";
import { waitFor } from "./testing/wait-for";

const PROGRAMS = `
[program:comfy]
command=/bin/sleep 1000
startsecs=0
autorestart=false
[program:kohya]
command=/bin/sleep 1000
startsecs=0
autorestart=true
[program:crasher]
command=/bin/sh -c "exit 3"
autostart=false
startretries=2
[program:absent]
command={dir}/nothing-here
startretries=0
`;

let real: RealSupervisord;
let app: ReturnType<typeof createLiveApp>;
let page: ReturnType<typeof listen>;

beforeEach(async () => {
  real = await startSupervisord(PROGRAMS);
  app = createLiveApp(real);
  page = listen(app.events.frames);
  await waitFor(() => page.service("comfy")?.running && page.latest("supervisor"));
});
afterEach(async () => {
  await page.leave();
  await app.close();
  await real.stop();
  expect(app.reported).toEqual([]);
});

const newest = { limit: 100, before: null };

async function killService(name: string): Promise<number> {
  const pid = await waitFor(() => page.service(name)?.running && page.service(name)?.pid);
  kill(pid, "SIGKILL");
  return pid;
}

test("first comes how things are: the services as the list gives them, and supervisord", async () => {
  const list = await app.services.list();
  const clock = {
    ...{ checked_at: expect.any(String), uptime_seconds: expect.toSatisfy(isCount) },
    ...{ detail: expect.any(String), description: expect.any(String) },
  };
  expect(page.latest("services")).toEqual(list.map((service) => ({ ...service, ...clock })));
  expect(page.latest("supervisor")).toMatchObject({ state: "RUNNING", config: { error: null } });
});

test("a service that is killed is told of, with how it ended, though nobody asks", async () => {
  await killService("comfy");
  const ended = await waitFor(
    () => page.service("comfy")?.state === "EXITED" && page.service("comfy"),
  );

  expect(ended).toMatchObject({ exit_signal: "SIGKILL", exit_expected: false, pid: null });
  const { events, complete } = await app.history.ofService("comfy", newest);
  expect(complete).toBe(true);
  expect(events.map(({ kind, exit_signal }) => [kind, exit_signal])).toEqual([
    ["supervisord_started", null],
    ["spawned", null],
    ["running", null],
    ["exited", "SIGKILL"],
  ]);
});

test("a service that crashes again and again is flapping, also while it is up", async () => {
  for (let crashes = 1; crashes <= 3; crashes += 1) {
    const pid = await killService("kohya");
    const isNext = () => page.service("kohya")?.running && page.service("kohya")?.pid !== pid;
    await waitFor(isNext);
    expect(page.service("kohya")?.flapping).toBe(crashes === 3);
    await waitFor(() => page.service("kohya")?.restarts_last_hour === crashes);
  }
  expect(page.service("kohya")).toMatchObject({
    state: "RUNNING",
    flapping: true,
    clock: { tries: 0 },
  });
  expect(page.service("comfy")).toMatchObject({ flapping: false, restarts_last_hour: 0 });
});

test("a service that never comes up is told of through its tries to its end, and so is its history", async () => {
  await app.supervisord.start("crasher");
  await waitFor(() => page.service("crasher")?.state === "FATAL");

  const told = page.heard.flatMap((one) => (one.event === "services" ? one.data : []));
  const waiting = told.find(({ name, state }) => name === "crasher" && state === "BACKOFF");
  expect(waiting).toMatchObject({ exit_status: 3, clock: { tries: expect.any(Number) } });
  const { stopped_at, clock } = waiting ?? {};
  expect(clock?.next_try_at).toBe(plusSeconds(stopped_at, clock?.tries));
  expect(page.service("crasher")).toMatchObject({
    description: "failed: exited with 3, gave up after 3 tries",
    restarts_last_hour: 2,
    flapping: false,
  });
  const { events } = await app.history.ofService("crasher", newest);
  expect(events.slice(1).map(({ text }) => text.replace(/pid \d+/, "pid"))).toEqual([
    "Started, pid",
    "Crashed while it started, exited with 3 after 0 s",
    "Started, pid",
    "Crashed while it started, exited with 3 after 0 s",
    "Started, pid",
    "Crashed while it started, exited with 3 after 0 s",
    "Gave up after 3 tries",
  ]);
});

test("a start of what is not there is in its history, with the reason", async () => {
  await waitFor(() => page.service("absent")?.state === "FATAL");
  expect(page.service("absent")?.detail).toBe(
    `can't find command '${real.dir}/nothing-here', gave up`,
  );
  const { events } = await app.history.ofService("absent", newest);
  expect(events.slice(1).map(({ kind, text }) => [kind, text])).toEqual([
    ["spawn_failed", `Could not be started: can't find command '${real.dir}/nothing-here'`],
    ["gave_up", "Gave up after 1 try"],
  ]);
});

test("a supervisord that ends is told of, and all that is there when it is back", async () => {
  const pid = page.service("comfy")?.pid;
  await real.end();
  await waitFor(() => JSON.stringify(page.latest("supervisor")).includes('"unavailable"'));
  const before = page.heard.length;

  await real.startAgain();
  await waitFor(() => page.service("comfy")?.running && page.service("comfy")?.pid !== pid);
  await waitFor(() => JSON.stringify(page.latest("supervisor")).includes('"RUNNING"'));
  expect(page.heard.slice(before).map(({ event }) => event)).toContain("services");
  expect(page.service("comfy")).toMatchObject({ restarts_last_hour: 0, flapping: false });
  const kinds = (await app.history.ofService("comfy", newest)).events.map(({ kind }) => kind);
  expect(kinds.slice(3)).toEqual([
    "supervisord_ended",
    "stopped",
    "supervisord_started",
    "spawned",
    "running",
  ]);
});

function isCount(value: unknown): boolean {
  return value === null || Number.isInteger(value);
}

function plusSeconds(moment: string | null | undefined, seconds = 0): string {
  return new Date(Date.parse(moment ?? "") + seconds * 1000).toISOString();
}
