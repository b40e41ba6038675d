import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Service } from "@/lib/contract/services";
import type { Supervisor } from "@/lib/contract/supervisor";
import type { UpdateJob } from "@/lib/contract/updates";
import { AppError } from "./errors";
import { createEvents } from "./events";
import { createMonitor } from "./monitor";
import type { Snapshot } from "./snapshot";
import { listen, readFrame } from "./testing/listen";
import { waitFor } from "./testing/wait-for";

const AWAY = new AppError("unavailable", "supervisord does not answer.");

/** A machine whose every state is set by hand. */
function createWorld() {
  const world = {
    services: [service("comfy", {}), service("kohya", {})],
    supervisor: { state: "RUNNING", pid: 1 } as Supervisor,
    jobs: [] as UpdateJob[],
    away: null as Error | null,
    jobsFail: null as Error | null,
    ended: new Set<number>(),
  };
  const looks: number[] = [];
  const reported: unknown[] = [];
  let listeners = 0;
  let tellNews = () => {};
  const monitor = createMonitor(async () => {
    looks.push(performance.now());
    if (world.away) throw world.away;
    return { at: Date.now() } as Snapshot;
  });
  const events = createEvents({
    monitor,
    services: { viewOf: async () => structuredClone(world.services) },
    history: {
      onNews(listener) {
        listeners += 1;
        tellNews = listener;
        return () => {
          listeners -= 1;
        };
      },
    },
    supervisor: {
      async status() {
        await monitor.read();
        return world.supervisor;
      },
    },
    updates: {
      async jobs() {
        if (world.jobsFail) throw world.jobsFail;
        return world.jobs.map((job) => ({ ...job, output_tail: [] }));
      },
      async status(name) {
        return world.jobs.find((job) => job.name === name) ?? { name, state: "idle" };
      },
    },
    isRunning: (pid) => !world.ended.has(pid),
    report: (error) => void reported.push(error),
  });
  return {
    ...{ world, events, monitor, looks, reported },
    news: () => tellNews(),
    listeners: () => listeners,
  };
}

function service(name: string, change: Partial<Service>): Service {
  return { name, state: "RUNNING", detail: "up 3 s", uptime_seconds: 3, ...change } as Service;
}

function job(change: Partial<UpdateJob>): UpdateJob {
  return { id: "1", name: "comfy", state: "running", output_tail: ["one"], ...change } as UpdateJob;
}

let machine: ReturnType<typeof createWorld>;
let page: ReturnType<typeof listen>;

beforeEach(async () => {
  machine = createWorld();
  page = listen(machine.events.frames);
  await waitFor(() => page.latest("services") && page.latest("supervisor"));
});
afterEach(() => page.leave());

const countOf = (event: string) => page.heard.filter((one) => one.event === event).length;

test("a change is told at once when there is news, and nothing where only the time has gone on", async () => {
  machine.world.services = [service("comfy", { detail: "up 9 s", uptime_seconds: 9 })];
  machine.news();
  await waitFor(() => page.latest("services")?.length === 1);

  const told = countOf("services");
  const seen = machine.looks.length;
  machine.world.services = [service("comfy", { detail: "up 1 min", uptime_seconds: 60 })];
  machine.news();
  await waitFor(() => machine.looks.length > seen);
  machine.world.services = [service("comfy", { state: "FATAL" })];
  machine.news();
  await waitFor(() => page.service("comfy")?.state === "FATAL");
  expect(countOf("services")).toBe(told + 1);
});

test("a change of which there is no news is found all the same", async () => {
  machine.world.services = [service("comfy", { state: "STOPPED" })];
  await waitFor(() => page.service("comfy")?.state === "STOPPED");
});

test("a process that has ended is a reason to look, once, though supervisord has said nothing yet", async () => {
  machine.world.services = [service("comfy", { pid: 41 }), service("kohya", { pid: 42 })];
  machine.news();
  await waitFor(() => page.service("kohya")?.pid === 42);

  machine.world.services = [service("comfy", { pid: 41 }), service("kohya", { pid: 43 })];
  machine.world.ended.add(42);
  await waitFor(() => page.service("kohya")?.pid === 43);
  machine.world.ended.add(43);
  const seen = machine.looks.length;
  await waitFor(() => machine.looks.length > seen);
  const after = machine.looks.at(-1) ?? 0;
  await waitFor(() => (machine.looks.at(-1) ?? 0) > after);
  expect((machine.looks.at(-1) ?? 0) - after).toBeGreaterThan(1500);
});

test("a look that somebody else asked for is shown too", async () => {
  machine.world.services = [service("comfy", { state: "STOPPING" })];
  machine.monitor.invalidate();
  const seen = machine.looks.length;
  await machine.monitor.read();
  await waitFor(() => page.service("comfy")?.state === "STOPPING");
  expect(machine.looks.length).toBe(seen + 1);
});

test("news without end costs at most four looks in any second, and the last is after the last news", async () => {
  const { looks, world } = machine;
  const end = performance.now() + 2500;
  for (let count = 0; performance.now() < end; count += 1) {
    world.services = [service("comfy", { pid: count })];
    machine.news();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  world.services = [service("comfy", { pid: -1 })];
  machine.news();
  await waitFor(() => page.service("comfy")?.pid === -1);

  looks.slice(4).forEach((start, index) => {
    expect(start - (looks[index] ?? Number.NaN)).toBeGreaterThan(990);
  });
});

test("500 who listen cost what one does, and all hear the same", async () => {
  const many = Array.from({ length: 499 }, () => listen(machine.events.frames));
  await waitFor(() => many.every((one) => one.latest("services") && one.latest("supervisor")));
  const looks = machine.looks.length;
  expect(machine.listeners()).toBe(1);

  machine.world.services = [service("comfy", { state: "FATAL" })];
  machine.news();
  await waitFor(() => many.every((one) => one.service("comfy")?.state === "FATAL"));
  // One for the news; one that was due, where the machine is slow.
  expect(machine.looks.length - looks).toBeLessThanOrEqual(2);
  expect(new Set(many.map(({ heard }) => heard.length)).size).toBe(1);

  await Promise.all(many.map((one) => one.leave()));
  expect(machine.listeners()).toBe(1);
  await page.leave();
  expect(machine.listeners()).toBe(0);
});

test("when the last has left nothing is looked at any more, until the next comes", async () => {
  await page.leave();
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  machine = createWorld();
  page = listen(machine.events.frames);
  await vi.advanceTimersByTimeAsync(4500);
  expect(machine.looks).toHaveLength(3);

  await page.leave();
  machine.monitor.invalidate();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(machine.looks).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);

  machine.world.services = [service("comfy", { state: "STOPPED" })];
  page = listen(machine.events.frames);
  await vi.advanceTimersByTimeAsync(10);
  expect(page.heard.filter(({ event }) => event === "services")).toHaveLength(1);
  expect(page.service("comfy")?.state).toBe("STOPPED");
});

test("who reads slowly gets the newest of each, not all that was before it", async () => {
  const leaving = new AbortController();
  const slow = machine.events.frames(leaving.signal)[Symbol.asyncIterator]();
  for (const pid of [1, 2, 3]) {
    machine.world.services = [service("comfy", { pid })];
    machine.news();
    await waitFor(() => page.service("comfy")?.pid === pid);
  }
  const frames = [await slow.next(), await slow.next()].map(({ value }) => readFrame(value));
  expect(frames.find(({ event }) => event === "services")?.data).toMatchObject([{ pid: 3 }]);
  expect(frames.map(({ event }) => event).toSorted()).toEqual(["services", "supervisor"]);
  leaving.abort();
  expect((await slow.next()).done).toBe(true);
});

test("a supervisord that is away is told of with the reason, and its return with all that there is", async () => {
  machine.world.away = AWAY;
  machine.monitor.invalidate();
  const reason = { detail: "supervisord does not answer.", code: "unavailable" };
  await waitFor(() => JSON.stringify(page.latest("supervisor")) === JSON.stringify(reason));
  const late = listen(machine.events.frames);
  await waitFor(() => late.latest("supervisor"));
  expect(late.heard.map(({ data }) => data)).toEqual([reason]);
  await late.leave();

  const told = countOf("services");
  machine.world.away = null;
  await waitFor(() => countOf("services") === told + 1);
  await waitFor(() => JSON.stringify(page.latest("supervisor")) !== JSON.stringify(reason));
  expect(page.latest("supervisor")).toEqual(machine.world.supervisor);
  expect(machine.reported).toEqual([]);
});

test("what is a bug is told without its words, and reported once", async () => {
  machine.world.away = new Error("Cannot read properties of undefined");
  machine.monitor.invalidate();
  await waitFor(() => JSON.stringify(page.latest("supervisor")).includes("internal"));
  const looks = machine.looks.length;
  await waitFor(() => machine.looks.length >= looks + 2);
  expect(JSON.stringify(page.heard)).not.toContain("undefined");
  expect(machine.reported).toEqual([machine.world.away]);
});

test("a job is told of while it runs, with its output, and at its end; one that has ended long ago is not", async () => {
  await page.leave();
  machine.world.jobs = [job({ name: "kohya", state: "done" }), job({})];
  page = listen(machine.events.frames);
  await waitFor(() => page.latest("job"));
  machine.world.jobs[1] = job({ output_tail: ["one", "two"] });
  await waitFor(() => page.latest("job")?.output_tail.length === 2);
  const late = listen(machine.events.frames);
  await waitFor(() => late.latest("job"));
  machine.world.jobs[1] = job({ state: "done", output_tail: ["one", "two", "three"] });
  await waitFor(() => page.latest("job")?.state === "done");
  await waitFor(() => late.latest("job")?.state === "done");
  await late.leave();

  const later = listen(machine.events.frames);
  await waitFor(() => later.latest("services"));
  expect(later.latest("job")).toBeUndefined();
  await later.leave();
  const heard = page.heard.flatMap((one) => (one.event === "job" ? [one.data] : []));
  expect(heard.map(({ name, output_tail }) => [name, output_tail.length])).toEqual([
    ["comfy", 1],
    ["comfy", 2],
    ["comfy", 3],
  ]);
});

test("a job that ends between the first listener and the first look at it is told of", async () => {
  await page.leave();
  machine.world.jobs = [job({ state: "done", ended_at: Date.now() / 1000 + 0.5 })];
  page = listen(machine.events.frames);
  await waitFor(() => page.latest("job")?.state === "done");
});

test("a job of which there is news is told of before its time", async () => {
  await waitFor(() => countOf("services") > 0);
  for (const id of ["1", "2", "3", "4", "5"]) {
    machine.world.jobs = [job({ id, state: "done" })];
    const asked = performance.now();
    machine.events.lookAtJobs();
    await waitFor(() => page.latest("job")?.id === id || performance.now() - asked > 2500);
    expect(page.latest("job")?.id).toBe(id);
  }
});

test("jobs that cannot be read hold up nothing else", async () => {
  await page.leave();
  machine.world.jobsFail = new Error("no such folder");
  page = listen(machine.events.frames);
  await waitFor(() => page.latest("services"));
  await waitFor(() => machine.reported.length > 0);
  machine.world.jobsFail = null;
  machine.world.jobs = [job({})];
  await waitFor(() => page.latest("job"));
});
