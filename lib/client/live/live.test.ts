// @vitest-environment jsdom
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aService, stubApi } from "@/components/services/testing";
import { aJob } from "@/components/updates/testing";
import { servicesQuery } from "../services";
import { supervisorQuery } from "../supervisor";
import { stubStreams } from "../testing/streams";
import { otherTab, setSeen, stubChannels } from "../testing/tabs";
import { updateStatusQuery } from "../update-details";
import { updateJobsQuery, versionsQuery } from "../updates";
import { startLive } from "./live";
import { streaming, unlessStreaming } from "./signals";

const comfy = aService();
const failed = aService({
  state: "FATAL",
  detail: "exited with 1, gave up",
  description: "failed: exited with 1, gave up",
});
const jobs = updateJobsQuery().queryKey;
const services = servicesQuery().queryKey;
const refusal = {
  detail: "connect to /tmp/supervisor.sock: connection refused",
  code: "unavailable",
};

let client: QueryClient;
let server: ReturnType<typeof stubStreams>;
let api: ReturnType<typeof stubApi>;
let asked: string[];
let stops: (() => void)[];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(comfy.checked_at) });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  stubChannels();
  api = stubApi([comfy]);
  asked = [];
  const answer = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    asked.push(path);
    return answer(path, init);
  });
  server = stubStreams((path) => path === "/api/events");
  client = new QueryClient();
  stops = [];
});

afterEach(async () => {
  for (const stop of stops) stop();
  await pass(0);
  client.clear();
  expect(vi.getTimerCount(), "timers that were left").toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  setSeen(true);
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const timesAsked = (path: string) => asked.filter((one) => one === path).length;

/** A page that shows services and jobs, once its first questions are answered. */
async function openPage() {
  const shown = [
    new QueryObserver(client, {
      ...servicesQuery(),
      refetchInterval: () => unlessStreaming(1000),
      refetchIntervalInBackground: true,
    }),
    new QueryObserver(client, updateJobsQuery()),
    new QueryObserver(client, supervisorQuery()),
    new QueryObserver(client, versionsQuery()),
  ];
  stops.push(...shown.map((observer) => observer.subscribe(() => {})));
  stops.push(startLive(client));
  await pass(0);
}

async function stream(...events: [name: string, data: unknown][]) {
  server.last().open();
  server.last().send("retry: 1000\n\n");
  await send(...events);
}

async function send(...events: [name: string, data: unknown][]) {
  for (const [name, data] of events) server.last().sendEvent(name, data);
  await pass(0);
}

/** Keeps the connection alive, as the server does. */
async function passWithPings(ms: number) {
  for (let passed = 0; passed < ms; passed += 10_000) {
    await pass(10_000);
    server.last().send(": ping\n\n");
  }
  await pass(0);
}

test("a change shows when it is sent, and nothing is asked while the stream is open", async () => {
  await openPage();
  await stream(["services", [comfy]]);
  expect(streaming.get()).toBe(true);
  await pass(5000);
  const before = asked.length;
  await passWithPings(40_000);
  expect(asked).toHaveLength(before);

  await send(["services", [failed]]);
  expect(client.getQueryData(services)).toEqual([failed]);
});

test("once a minute everything is asked for nevertheless", async () => {
  await openPage();
  await stream(["services", [comfy]]);
  await pass(5000);
  const before = timesAsked("/api/services");
  api.services = [failed];
  await passWithPings(60_000);
  expect(timesAsked("/api/services")).toBe(before + 1);
  expect(client.getQueryData(services)?.[0]?.state).toBe("FATAL");
});

test("until it is open the page asks each second, and a short break is not noticed", async () => {
  await openPage();
  await pass(3000);
  expect(timesAsked("/api/services")).toBe(4);

  await stream(["services", [comfy]]);
  const before = timesAsked("/api/services");
  server.last().fail();
  await pass(1000);
  await stream(["services", [comfy]]);
  await pass(5000);
  expect(streaming.get()).toBe(true);
  expect(timesAsked("/api/services")).toBe(before);
});

test("after two seconds without the stream the page asks again, and says when there is no answer", async () => {
  await openPage();
  await stream(["services", [comfy]]);
  server.last().fail();
  api.away = () => {
    throw new TypeError("Failed to fetch");
  };
  await pass(1999);
  expect(streaming.get()).toBe(true);
  await pass(1);
  expect(streaming.get()).toBe(false);
  expect(client.getQueryState(services)).toMatchObject({ status: "error", data: [comfy] });
  const before = timesAsked("/api/services");
  await pass(3000);
  expect(timesAsked("/api/services")).toBe(before + 3);
});

test("while supervisord is away the services show why, and are asked for until they come again", async () => {
  await openPage();
  await stream(["services", [comfy]]);
  api.away = () => Response.json(refusal, { status: 503 });
  await send(["supervisor", refusal]);
  expect(client.getQueryState(services)?.error).toMatchObject({ code: "unavailable" });
  const before = timesAsked("/api/services");
  await pass(2000);
  expect(timesAsked("/api/services")).toBe(before + 2);

  await send(["services", [comfy]]);
  expect(client.getQueryState(services)).toMatchObject({ status: "success", error: null });
  expect(streaming.get()).toBe(true);
});

test("a stream that is open again is not relied on before it has told of the services", async () => {
  await openPage();
  await stream(["services", [comfy]]);
  server.last().fail();
  api.away = () => Response.json(refusal, { status: 503 });
  await pass(3000);
  await stream();
  expect(streaming.get()).toBe(false);
  await send(["supervisor", refusal]);
  expect(streaming.get()).toBe(false);
  expect(client.getQueryState(services)?.status).toBe("error");
  await pass(2000);
  expect(client.getQueryState(services)?.status).toBe("error");
  await send(["services", [comfy]]);
  expect(streaming.get()).toBe(true);
});

test("what supervisord says of itself is kept as its question would", async () => {
  await openPage();
  await stream(["services", [comfy]], ["supervisor", { state: "RUNNING", pid: 77 }]);
  expect(client.getQueryData(supervisorQuery().queryKey)).toEqual({ state: "RUNNING", pid: 77 });
});

test("an answer that is still on its way does not undo what was sent after it", async () => {
  let answer = (_response: Response) => {};
  await openPage();
  await stream(["services", [comfy]]);
  const others = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    if (path !== "/api/services") return others(path, init);
    return new Promise<Response>((resolve) => {
      answer = resolve;
    });
  });
  void client.invalidateQueries({ queryKey: services });
  await pass(0);
  await send(["services", [failed]]);
  answer(Response.json([comfy]));
  await pass(0);
  expect(client.getQueryData(services)).toEqual([failed]);
});

test("a job takes the place of the one before it of the same service, and its end renews what it changed", async () => {
  const kohya = aJob({ id: "job-0", name: "kohya", state: "done" });
  api.jobs = [aJob(), kohya];
  await openPage();
  await stream(["services", [comfy]]);
  const further = aJob({ last_line: "further" });
  await send(["job", further]);
  expect(client.getQueryData(jobs)).toEqual([further, kohya]);
  expect(client.getQueryData(updateStatusQuery("comfy").queryKey)).toEqual(further);

  const versions = "/api/services/versions?wait=false";
  const before = [timesAsked(versions), timesAsked("/api/services")];
  await send(["job", aJob({ state: "done" })]);
  expect([timesAsked(versions), timesAsked("/api/services")]).toEqual(before.map((n) => n + 1));
});

test("jobs are asked for after a break: those that ended in it are not sent", async () => {
  api.jobs = [aJob()];
  await openPage();
  await stream(["services", [comfy]]);
  server.last().fail();
  await pass(300);
  api.jobs = [aJob({ state: "done" })];
  await stream(["services", [comfy]]);
  expect(client.getQueryData(jobs)?.[0]?.state).toBe("done");
});

test("a job that ended while the page was loaded is not taken for one that runs", async () => {
  let answer = (_response: Response) => {};
  const others = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    if (path !== "/api/updates/jobs") return others(path, init);
    vi.stubGlobal("fetch", others);
    return new Promise<Response>((resolve) => {
      answer = resolve;
    });
  });
  await openPage();
  api.jobs = [aJob({ state: "done" })];
  await stream(["services", [comfy]]);
  answer(Response.json([aJob()]));
  await pass(0);
  expect(client.getQueryData(jobs)?.[0]?.state).toBe("done");
});

test("the first job that is sent does not stand for all of them", async () => {
  stops.push(startLive(client));
  api.jobs = [aJob(), aJob({ id: "job-0", name: "kohya", state: "done" })];
  await stream(["services", [comfy]], ["job", aJob()]);
  expect(client.getQueryData(jobs)).toBeUndefined();
});

test("a hidden tab leaves the stream to another, asks slowly, and streams again when it is seen", async () => {
  await openPage();
  await stream(["services", [comfy]]);
  const other = otherTab();
  setSeen(false);
  other.say("streams");
  await pass(0);
  expect(server.last().isAborted()).toBe(true);
  expect(streaming.get()).toBe(false);
  const before = timesAsked("/api/services");
  await pass(30_000);
  expect(timesAsked("/api/services")).toBe(before + 2);

  setSeen(true);
  await stream(["services", [failed]]);
  expect(server.requests).toHaveLength(2);
  expect(streaming.get()).toBe(true);
});

test("where streams are held back the page goes on asking", async () => {
  await openPage();
  server.last().open();
  await pass(4300);
  server.last().open();
  const before = timesAsked("/api/services");
  await pass(10_000);
  expect(timesAsked("/api/services")).toBe(before + 10);
  expect(streaming.get()).toBe(false);
});
