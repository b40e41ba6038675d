// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openStream, type Stream, type StreamEvent, type StreamState } from "./sse";
import { stubStreams } from "./testing/streams";

const PING = ": ping\n\n";
const OPENING = "retry: 1000\n\n";

let server: ReturnType<typeof stubStreams>;
let streams: Stream[];

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  server = stubStreams();
  streams = [];
});

afterEach(async () => {
  for (const stream of streams) stream.close();
  await pass(0);
  expect(vi.getTimerCount(), "timers that were left").toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  seen(true);
});

type Given = { pollUrl?: string; onEvent?: (event: StreamEvent) => unknown };

function open({ pollUrl, onEvent }: Given = {}) {
  const events: StreamEvent[] = [];
  const states: StreamState[] = [];
  const errors: (Error | undefined)[] = [];
  const stream = openStream({
    url: "/stream",
    ...(pollUrl === undefined ? {} : { pollUrl }),
    onEvent(event) {
      events.push(event);
      return onEvent?.(event);
    },
    onState(state, error) {
      states.push(state);
      if (error) errors.push(error);
    },
  });
  streams.push(stream);
  return { stream, events, states, errors, data: () => events.map(({ data }) => data) };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function answer(text = OPENING) {
  server.last().open();
  server.last().send(text);
  await pass(0);
}

function seen(isSeen: boolean) {
  Object.defineProperty(document, "hidden", { value: !isSeen, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

test("events come whole and in order, however they are cut", async () => {
  const { events, states } = open();
  expect(states).toEqual(["connecting"]);
  await answer();
  expect(states).toEqual(["connecting", "open"]);

  const bytes = new TextEncoder().encode('id: 7\nevent: text\ndata: "für"\n\ndata: two\n\n');
  for (const byte of bytes) server.last().send(Uint8Array.of(byte));
  await pass(0);
  expect(events).toEqual([
    { name: "text", data: '"für"', id: "7" },
    { name: "message", data: "two", id: undefined },
  ]);
});

test("a connection that breaks is made anew from the last id, ever more slowly", async () => {
  const { states } = open();
  await answer("id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\n");
  server.last().fail();
  await pass(0);
  expect(states.at(-1)).toBe("connecting");

  for (const delay of [300, 1000, 2000, 5000, 5000]) {
    const asked = server.requests.length;
    await pass(delay - 1);
    expect(server.requests).toHaveLength(asked);
    await pass(1);
    expect(server.requests).toHaveLength(asked + 1);
    expect(server.last().lastId).toBe("2");
    server.last().fail();
    await pass(0);
  }
});

test("after a stream that lasted, the first try comes soon again", async () => {
  open();
  for (const delay of [300, 1000]) {
    server.last().fail();
    await pass(delay);
  }
  await answer();
  await pass(10_000);
  server.last().send(PING);
  await pass(0);
  server.last().end();
  await pass(300);
  expect(server.requests).toHaveLength(4);
});

test("silence is taken for death, pings are not silence", async () => {
  const { states } = open();
  await answer();
  for (let round = 0; round < 6; round += 1) {
    await pass(20_000);
    server.last().send(PING);
    await pass(0);
  }
  expect(server.requests).toHaveLength(1);

  await pass(24_999);
  expect(server.last().isAborted()).toBe(false);
  await pass(1);
  expect(server.last().isAborted()).toBe(true);
  expect(states.at(-1)).toBe("connecting");
  await pass(300);
  expect(server.requests).toHaveLength(2);
});

test("where streams are held back it asks, from where it is, and streams again when that works", async () => {
  const { states, data } = open({ pollUrl: "/poll" });
  server.last().open();
  await pass(4000 + 300);
  server.last().open();
  await pass(4000);
  expect(server.requests.map(({ path }) => path)).toEqual(["/stream", "/stream", "/poll"]);

  await answer("id: 1\ndata: a\n\n");
  expect(states).toEqual(["connecting", "polling"]);
  server.last().end();
  await pass(2000);
  expect(server.last()).toMatchObject({ path: "/poll", lastId: "1" });
  await answer("id: 2\ndata: b\n\n");
  server.last().end();

  await untilAskedFor("/stream");
  expect(server.last().lastId).toBe("2");
  await answer("id: 3\ndata: c\n\n");
  expect(states.at(-1)).toBe("polling");
  await pass(10_000);
  server.last().send(PING);
  await pass(0);
  expect(states).toEqual(["connecting", "polling", "open"]);
  expect(data()).toEqual(["a", "b", "c"]);
});

/** Answers polls until the stream is tried again. */
async function untilAskedFor(path: string) {
  const asked = Date.now();
  while (server.last().path !== path) {
    const request = server.last();
    request.open();
    request.send(OPENING);
    request.end();
    await pass(2000);
    expect(Date.now() - asked).toBeLessThan(65_000);
  }
}

test("a stream whose beginning alone comes through is held back as well", async () => {
  const { states } = open({ pollUrl: "/poll" });
  await answer();
  await pass(25_000 + 300);
  await answer();
  await pass(25_000);
  expect(server.last().path).toBe("/poll");
  await answer();
  expect(states.at(-1)).toBe("polling");
});

test("without an address to ask, whoever opened it is told to ask, and the stream is tried each minute", async () => {
  const { states } = open();
  server.last().open();
  await pass(4000 + 300);
  server.last().open();
  await pass(4000);
  expect(states).toEqual(["connecting", "polling"]);
  await pass(59_999);
  expect(server.requests).toHaveLength(2);
  await pass(1);
  expect(server.requests).toHaveLength(3);
  await answer();
  await pass(10_000);
  server.last().send(PING);
  await pass(0);
  expect(states).toEqual(["connecting", "polling", "open"]);
});

test("a way that is closed altogether is not taken for a narrow one", async () => {
  const { states } = open({ pollUrl: "/poll" });
  await pass(4000 + 300 + 4000);
  expect(server.last().path).toBe("/poll");
  server.last().fail();
  await pass(0);
  expect(server.last().path).toBe("/stream");
  await answer();
  expect(states).toEqual(["connecting", "open"]);
});

test("a refusal of ControlPilot's ends it", async () => {
  const { states, errors } = open();
  const detail = 'There is no service "x".';
  server.last().refuse(Response.json({ detail, code: "not_found" }, { status: 404 }));
  await pass(0);
  expect(states).toEqual(["connecting", "lost"]);
  expect(errors[0]).toMatchObject({ name: "ApiError", code: "not_found", message: detail });
  expect(vi.getTimerCount()).toBe(0);
  await pass(120_000);
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["a proxy's own 404", () => new Response("<h1>no app here</h1>", { status: 404 })],
  ["a proxy's page", () => new Response("<h1>sign in</h1>")],
  [
    "a fault of the server",
    () => Response.json({ detail: "x", code: "internal" }, { status: 500 }),
  ],
])("%s does not", async (_case, refusal) => {
  open();
  server.last().refuse(refusal());
  await pass(300);
  expect(server.requests).toHaveLength(2);
});

test("the next event waits until the one before is done with, and that is not silence", async () => {
  const done: (() => void)[] = [];
  const { data } = open({ onEvent: () => new Promise<void>((resolve) => done.push(resolve)) });
  await answer("data: a\n\ndata: b\n\n");
  expect(data()).toEqual(["a"]);
  await pass(120_000);
  expect(data()).toEqual(["a"]);
  expect(server.last().isAborted()).toBe(false);
  done[0]?.();
  await pass(0);
  expect(data()).toEqual(["a", "b"]);
});

test("an event that cannot be taken ends it, with the error", async () => {
  const fault = new SyntaxError("no JSON");
  const { states, errors } = open({
    onEvent: () => {
      throw fault;
    },
  });
  await answer("data: {\n\n");
  expect(states.at(-1)).toBe("lost");
  expect(errors).toEqual([fault]);
  expect(server.last().isAborted()).toBe(true);
});

test("an event without end is not held for ever", async () => {
  const { events } = open();
  await answer("data: ");
  const piece = "x".repeat(1024 * 1024);
  for (let sent = 0; sent <= 16 && !server.last().isAborted(); sent += 1) {
    server.last().send(piece);
    await pass(0);
  }
  expect(server.last().isAborted()).toBe(true);
  expect(events).toEqual([]);
});

test("closed, it lets go of everything and says nothing more", async () => {
  const { stream, states, events } = open();
  await answer("data: a\n\n");
  const request = server.last();
  stream.close();
  await pass(0);
  expect(request.isAborted()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  window.dispatchEvent(new Event("online"));
  await pass(60_000);
  expect(server.requests).toHaveLength(1);
  expect(states).toEqual(["connecting", "open"]);
  expect(events).toHaveLength(1);
});

test("closed by what it tells, it tells nothing more", async () => {
  const { stream, data } = open({ onEvent: () => stream.close() });
  await answer("data: a\n\ndata: b\n\n");
  expect(data()).toEqual(["a"]);
});

test.each([
  ["the network is back", () => window.dispatchEvent(new Event("online"))],
  ["the tab is seen again", () => seen(true)],
  ["the page is shown again", () => window.dispatchEvent(new Event("pageshow"))],
])("when %s it tries at once", async (_case, happen) => {
  open();
  for (const delay of [300, 1000, 2000]) {
    server.last().fail();
    await pass(delay);
  }
  server.last().fail();
  await pass(0);
  expect(server.requests).toHaveLength(4);
  happen();
  await pass(0);
  expect(server.requests).toHaveLength(5);
});

test("after sleep a connection is not trusted; one that was heard just now is", async () => {
  open();
  await answer();
  seen(true);
  await pass(0);
  expect(server.requests).toHaveLength(1);

  await pass(1000);
  vi.setSystemTime(Date.now() + 3_600_000);
  await pass(2000);
  expect(server.requests[0]?.isAborted()).toBe(true);
  await pass(300);
  expect(server.requests).toHaveLength(2);
});

test("paused, it holds nothing, and goes on from where it was", async () => {
  const { stream, states } = open();
  await answer("id: 1\ndata: a\n\n");
  stream.pause();
  await pass(120_000);
  window.dispatchEvent(new Event("online"));
  await pass(0);
  expect(server.requests.map((request) => request.isAborted())).toEqual([true]);

  stream.resume();
  await pass(0);
  expect(server.last().lastId).toBe("1");
  await answer();
  expect(states).toEqual(["connecting", "open", "connecting", "open"]);
});

test("paused while it asks, it asks no more until it is resumed", async () => {
  const { stream } = open({ pollUrl: "/poll" });
  server.last().open();
  await pass(4300);
  server.last().open();
  await pass(4000);
  stream.pause();
  await pass(120_000);
  const asked = server.requests.length;
  await pass(120_000);
  expect(server.requests).toHaveLength(asked);
  stream.resume();
  await pass(0);
  expect(server.requests).toHaveLength(asked + 1);
});

test("asked to, it tries at once", async () => {
  const { stream } = open();
  server.last().fail();
  await pass(0);
  stream.retryNow();
  await pass(0);
  expect(server.requests).toHaveLength(2);
});
