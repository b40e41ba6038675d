import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceAction } from "@/lib/contract/services";
import { createActions, type RestartGuard } from "./actions";
import { isAlive } from "./adapters/process";
import type { Supervisord } from "./adapters/supervisord";
import { createSupervisord } from "./adapters/supervisord";
import { AppError } from "./errors";
import { createMonitor } from "./monitor";
import { createServices } from "./services";
import { createSnapshots } from "./snapshot";
import { createFakeSupervisord, type FakeProgram } from "./testing/fake-supervisord";
import { startSupervisord } from "./testing/real-supervisord";
import { waitFor } from "./testing/wait-for";

function compose(supervisord: Pick<Supervisord, "look" | "start" | "stop">, ownPid = -1) {
  const told: string[] = [];
  const guard: RestartGuard = {
    protect: async (name) => void told.push(`+${name}`),
    release: (name) => void told.push(`-${name}`),
  };
  const empty = { signature: "", error: null, programs: new Map(), supervisord: { logfile: null } };
  const snapshots = createSnapshots({
    supervisord: supervisord as Supervisord,
    conf: { read: async () => empty } as never,
    lives: async () => new Map(),
  });
  const monitor = createMonitor(snapshots.take);
  const services = createServices({
    monitor,
    apps: { isPresent: async () => true, expectedAt: () => "" },
    loadedAutostart: () => true,
    settings: { standIns: false, portOf: (_, fallback) => fallback },
    ownPid,
  });
  const reported: unknown[] = [];
  const actions = createActions({
    supervisord,
    services,
    startSeconds: (name) => monitor.latest()?.parsed.get(name)?.startsecs ?? 1,
    stopWaitSeconds: (name) => monitor.latest()?.parsed.get(name)?.stopwaitsecs ?? 10,
    lastWords: async ({ name }) => (name === "crasher" ? "no memory" : null),
    invalidate: monitor.invalidate,
    guard,
    isAlive,
    ownPid,
    busyWith: async (name) => (name === "updated" ? "Updated is being updated." : null),
    report: (error) => reported.push(error),
  });
  const stateOf = async (name: string) => (await services.find(name)).state;
  return { actions, services, stateOf, told, reported };
}

const PROGRAMS: Record<string, FakeProgram & { command: string }> = {
  comfy: { command: "/bin/sleep 1000", startsecs: 1 },
  kohya: { command: "/bin/sleep 1000", startsecs: 1 },
  stubborn: {
    command: "/bin/bash -c 'trap \"\" TERM; while :; do sleep 0.1; done'",
    startsecs: 0,
    stopMs: 2000,
  },
  crasher: { command: "/bin/bash -c 'exit 3'", startsecs: 1, crashes: true },
  updated: { command: "/bin/sleep 1000", startsecs: 1 },
};

async function startReal() {
  const sections = Object.entries(PROGRAMS).map(
    ([name, { command, startsecs }]) => `[program:${name}]
command=${command}
startsecs=${startsecs}
stopwaitsecs=2
autostart=false
`,
  );
  const real = await startSupervisord(sections.join(""));
  const supervisord = createSupervisord({ findSocket: () => real.socketPath });
  return { ...compose(supervisord), end: () => real.stop() };
}

async function startFake() {
  return { ...compose(createFakeSupervisord(PROGRAMS).supervisord), end: async () => {} };
}

describe.each([
  ["the fake", startFake],
  ["a real supervisord", startReal],
])("on %s", (_, begin) => {
  let world: Awaited<ReturnType<typeof startReal>>;
  const act = (name: string, action: ServiceAction) => world.actions.act(name, action);
  const pidOf = async (name: string) => (await world.services.find(name)).pid;

  beforeAll(async () => {
    world = await begin();
  });
  afterAll(() => world.end());

  test("a service that is being updated is left alone", async () => {
    await expect(act("updated", "start")).rejects.toMatchObject({
      code: "conflict",
      message: "Updated is being updated.",
    });
    expect(await world.stateOf("updated")).toBe("STOPPED");
  });

  test("start ends when it runs; starting what runs changes nothing", async () => {
    expect(await act("comfy", "start")).toEqual({ status: "ok" });
    expect(await world.stateOf("comfy")).toBe("RUNNING");
    const pid = await pidOf("comfy");

    expect(await act("comfy", "start")).toEqual({ status: "ok" });
    expect(await pidOf("comfy")).toBe(pid);
  });

  test("restart brings a new process, under the guard's eyes", async () => {
    await act("comfy", "start");
    const pid = await pidOf("comfy");

    await act("comfy", "restart");

    expect(await world.stateOf("comfy")).toBe("RUNNING");
    expect(await pidOf("comfy")).not.toBe(pid);
    expect(world.told).toEqual(["+comfy", "-comfy"]);
  });

  test("stop ends when it is down; stopping what is down changes nothing", async () => {
    await act("comfy", "start");
    await act("comfy", "stop");
    expect(await world.stateOf("comfy")).toBe("STOPPED");
    expect(await act("comfy", "stop")).toEqual({ status: "ok" });
  });

  test("restart starts what was down", async () => {
    await act("comfy", "stop");
    await act("comfy", "restart");
    expect(await world.stateOf("comfy")).toBe("RUNNING");
  });

  test("a start that comes while it stops waits, and then starts it", async () => {
    await act("stubborn", "start");
    const stopping = act("stubborn", "stop");
    await waitFor(async () => (await world.stateOf("stubborn")) === "STOPPING");

    await Promise.all([stopping, act("stubborn", "start")]);

    expect(await world.stateOf("stubborn")).toBe("RUNNING");
    await act("stubborn", "stop");
  });

  test("the same action asked for twice is done once; another one waits its turn", async () => {
    await act("kohya", "start");
    const pid = await pidOf("kohya");

    await Promise.all([act("kohya", "restart"), act("kohya", "restart")]);
    const restartedPid = await pidOf("kohya");
    expect(restartedPid).not.toBe(pid);
    await Promise.all([act("kohya", "restart"), act("kohya", "stop")]);
    expect(await world.stateOf("kohya")).toBe("STOPPED");
  });

  test("a service that does not come up is an error that says why", async () => {
    await expect(act("crasher", "start")).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(
        /^crasher did not start: keeps crashing: .*\. Its last words: no memory$/,
      ),
    });
    await expect(act("crasher", "restart")).rejects.toMatchObject({ code: "conflict" });
    await act("crasher", "stop");
  });

  test("without waiting, the answer comes before it is done", async () => {
    await act("comfy", "stop");
    expect(await world.actions.act("comfy", "start", { wait: false })).toEqual({
      status: "accepted",
    });
    await waitFor(async () => (await world.stateOf("comfy")) === "RUNNING");
  });

  test("several at once are done side by side, and one that fails does not keep the others", async () => {
    await Promise.all([act("comfy", "stop"), act("kohya", "stop")]);

    const results = await world.actions.actMany({
      action: "start",
      names: ["comfy", "crasher", "kohya", "ghost", "comfy"],
    });

    expect(results).toEqual([
      { name: "comfy", status: "ok" },
      { name: "crasher", status: "error", detail: expect.stringContaining("keeps crashing") },
      { name: "kohya", status: "ok" },
      { name: "ghost", status: "error", detail: 'There is no service "ghost".' },
    ]);
  });

  test("an unknown service is not found", async () => {
    await expect(act("ghost", "stop")).rejects.toMatchObject({ code: "not_found" });
  });
});

test("a supervisord that is away for a moment does not end a restart half-way", async () => {
  const fake = createFakeSupervisord({ comfy: { state: "RUNNING", stopMs: 100 } });
  const { actions, stateOf } = compose(fake.supervisord);

  const restart = actions.act("comfy", "restart");
  await waitFor(() => fake.calls.includes("stop comfy"));
  fake.failWith(new AppError("unavailable", "away"));
  setTimeout(() => fake.failWith(null), 700);
  await restart;

  expect(fake.calls).toEqual(["stop comfy", "start comfy"]);
  expect(await stateOf("comfy")).toBe("RUNNING");
});

test("ControlPilot answers before it restarts itself, and refuses to stop itself unless told twice", async () => {
  const fake = createFakeSupervisord({ controlpilot: { state: "RUNNING" } });
  const { actions, told } = compose(fake.supervisord, fake.pidOf("controlpilot"));

  await expect(actions.act("controlpilot", "stop")).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("supervisorctl start controlpilot"),
  });
  expect(fake.calls).toEqual([]);

  expect(await actions.act("controlpilot", "restart")).toEqual({ status: "accepted" });
  expect(told).toEqual(["+controlpilot"]);
  expect(fake.calls).toEqual([]);
  await waitFor(() => fake.calls.includes("stop controlpilot"));
  expect(told).toEqual(["+controlpilot"]);
});

test("a forced stop of ControlPilot is not guarded against", async () => {
  const fake = createFakeSupervisord({ controlpilot: { state: "RUNNING" } });
  const { actions, told } = compose(fake.supervisord, fake.pidOf("controlpilot"));

  expect(await actions.act("controlpilot", "stop", { force: true })).toEqual({
    status: "accepted",
  });
  await waitFor(() => fake.calls.includes("stop controlpilot"));
  expect(told).toEqual([]);
});

test("a ControlPilot that is not this one is restarted like any other, after the answer", async () => {
  const fake = createFakeSupervisord({ controlpilot: { state: "RUNNING" } });
  const { actions, told, stateOf } = compose(fake.supervisord);

  expect(await actions.act("controlpilot", "restart")).toEqual({ status: "accepted" });

  await waitFor(() => told.includes("-controlpilot"));
  expect(fake.calls).toEqual(["stop controlpilot", "start controlpilot"]);
  expect(await stateOf("controlpilot")).toBe("RUNNING");
});

test("a supervisord that freezes just as it is told does not leave a restart half-way", async () => {
  const fake = createFakeSupervisord({ comfy: { state: "RUNNING" } });
  const { actions, stateOf } = compose(fake.supervisord);
  fake.loseNext("start comfy");

  await actions.act("comfy", "restart");

  expect(fake.calls).toEqual(["stop comfy", "start comfy"]);
  expect(await stateOf("comfy")).toBe("RUNNING");
});

test("a restart asked for after the new process has begun is another restart", async () => {
  const fake = createFakeSupervisord({ comfy: { state: "RUNNING", startsecs: 1 } });
  const { actions, stateOf } = compose(fake.supervisord);

  const first = actions.act("comfy", "restart");
  await waitFor(async () => (await stateOf("comfy")) === "STARTING");
  await Promise.all([first, actions.act("comfy", "restart")]);

  expect(fake.calls.filter((call) => call === "start comfy")).toHaveLength(2);
});

test("a program that ended by itself and is about to be started again is stopped for good", async () => {
  const fake = createFakeSupervisord({ comfy: { state: "EXITED", restartsItself: true } });
  const { actions, stateOf } = compose(fake.supervisord);

  await actions.act("comfy", "stop");

  expect(fake.calls).toEqual(["stop comfy"]);
  expect(await stateOf("comfy")).toBe("STOPPED");
});
