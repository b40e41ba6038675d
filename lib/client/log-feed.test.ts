// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LogFeed } from "./log-feed";
import { stubStreams } from "./testing/streams";

const AT = Date.parse("2026-02-11T10:00:00.000Z");

let server: ReturnType<typeof stubStreams>;
let leave = () => {};

beforeEach(() => {
  vi.useFakeTimers({
    now: AT,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  server = stubStreams();
});

afterEach(async () => {
  leave();
  await pass(0);
  expect(vi.getTimerCount(), "timers that were left").toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function open() {
  const feed = new LogFeed("/log/stream?stream=out");
  leave = feed.subscribe(() => {});
  return feed;
}

async function answer() {
  const data = { service: "comfy", stream: "out", file: "f1", offset: 0, end: 6, past: false };
  const text = JSON.stringify({ ...data, at: new Date(AT).toISOString(), text: "hello\n" });
  server.last().open();
  server.last().send(`event: text\ndata: ${text}\n\n`);
  await pass(200);
}

test("says since when nobody answers, once a restart would be over", async () => {
  const feed = open();
  await pass(0);
  await answer();
  expect(feed.getState()).toMatchObject({ way: "open", lostAt: null, view: { lines: 1 } });

  server.last().end();
  await pass(1000);
  expect(feed.getState()).toMatchObject({ way: "connecting", lostAt: null });
  await pass(5000);
  expect(feed.getState()).toMatchObject({ way: "connecting", lostAt: AT + 200 });

  feed.retry();
  await pass(0);
  server.last().open();
  server.last().send(": ping\n\n");
  await pass(200);
  expect(feed.getState()).toMatchObject({ way: "open", lostAt: null, view: { lines: 1 } });
});

test("an answer that never comes is told of too", async () => {
  const feed = open();
  await pass(6000);
  expect(feed.getState()).toMatchObject({ lostAt: AT, heardAt: null });
});
