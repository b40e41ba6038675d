// @vitest-environment jsdom
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aService } from "@/components/services/testing";
import { servicesQuery } from "../services";
import { setSeen } from "../testing/tabs";
import { startClock, tellTime } from "./clock";

const { queryKey } = servicesQuery();
const checked_at = "2026-02-11T13:52:00Z";
const running = aService({
  checked_at,
  started_at: "2026-02-11T13:51:15Z",
  detail: "up 45 s",
  description: "up 45 s",
});
const longUp = aService({ name: "kohya", checked_at, started_at: "2026-02-11T04:11:00Z" });
const waiting = aService({
  name: "crasher",
  state: "BACKOFF",
  checked_at,
  stopped_at: "2026-02-11T13:51:58Z",
  exit_status: 1,
  detail: "exited with 1, next try in 4 s",
  description: "keeps crashing: exited with 1, next try in 4 s",
  clock: { ...running.clock, next_try_at: "2026-02-11T13:52:04Z", tries: 4 },
});

let stop = () => {};

beforeEach(() => {
  // A browser's clock that is wrong by a day.
  vi.useFakeTimers({ now: Date.parse(checked_at) + 86_400_000 });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  setSeen(true);
});

test("what goes on is told by the machine's clock, what reads the same stays the same object", () => {
  const before = [running, longUp, waiting];
  const after = tellTime(before, 3000);
  expect(after.map(({ detail }) => detail)).toEqual([
    "up 48 s",
    "up 9 h 41 min",
    "exited with 1, next try in 1 s",
  ]);
  expect(after[0]?.uptime_seconds).toBe(48);
  expect(after[1]).toBe(longUp);
  expect(tellTime([longUp], 3000)).toEqual([longUp]);
  const same = [longUp];
  expect(tellTime(same, 3000)).toBe(same);
});

test("the cached services tell the time each second, and count as confirmed", () => {
  const client = new QueryClient();
  client.setQueryData(queryKey, [running, longUp]);
  stop = startClock(client);
  vi.advanceTimersByTime(2000);
  const told = client.getQueryData(queryKey);
  expect(told?.[0]?.detail).toBe("up 47 s");
  expect(told?.[1]).toBe(longUp);
  expect(client.getQueryState(queryKey)?.dataUpdatedAt).toBe(Date.now());

  vi.advanceTimersByTime(15_000);
  expect(client.getQueryData(queryKey)?.[0]).toMatchObject({
    detail: "up 1 min",
    uptime_seconds: 60,
  });
});

test("what is received in between is told from when it was received", () => {
  const client = new QueryClient();
  client.setQueryData(queryKey, [running]);
  stop = startClock(client);
  vi.advanceTimersByTime(5500);
  const again = {
    ...running,
    started_at: "2026-02-11T13:52:05Z",
    checked_at: "2026-02-11T13:52:05Z",
  };
  client.setQueryData(queryKey, [again]);
  vi.advanceTimersByTime(1500);
  expect(client.getQueryData(queryKey)?.[0]?.detail).toBe("up 1 s");
});

test("a clock that is set meanwhile changes nothing", () => {
  const client = new QueryClient();
  client.setQueryData(queryKey, [running]);
  stop = startClock(client);
  vi.advanceTimersByTime(1000);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1000);
  expect(client.getQueryData(queryKey)?.[0]?.detail).toBe("up 47 s");
});

test("it rests while nobody looks, and is right as soon as somebody does", () => {
  const client = new QueryClient();
  client.setQueryData(queryKey, [running]);
  stop = startClock(client);
  setSeen(false);
  vi.advanceTimersByTime(10_000);
  expect(client.getQueryData(queryKey)?.[0]).toBe(running);
  setSeen(true);
  expect(client.getQueryData(queryKey)?.[0]?.detail).toBe("up 55 s");
});
