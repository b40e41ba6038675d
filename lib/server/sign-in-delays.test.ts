import { beforeEach, expect, test } from "vitest";
import { AppError } from "./errors";
import { createSignInDelays, type SignInDelays } from "./sign-in-delays";

const MINUTE = 60_000;
let now: number;
let delays: SignInDelays;

beforeEach(() => {
  now = Date.parse("2026-02-11T10:00:00Z");
  delays = createSignInDelays(() => now);
});

/** The seconds that the network is told to wait; 0 where it may try. */
function waitOf(network: string): number {
  try {
    delays.check(network);
    return 0;
  } catch (error) {
    if (error instanceof AppError && error.code === "busy") return error.retryAfterSeconds ?? -1;
    throw error;
  }
}

function fail(network: string, times: number): void {
  for (let i = 0; i < times; i++) delays.begin(network);
}

/** Many networks that fail once each, as a botnet does. */
function crowd(count: number): void {
  for (let i = 0; i < count; i++) delays.begin(`10.0.${i >> 8}.${i & 255}`);
}

test("people may mistype twice, and then wait, twice as long each time, a minute at most", () => {
  const waits = Array.from({ length: 12 }, () => {
    fail("a", 1);
    const wait = waitOf("a");
    now += wait * 1000;
    expect(waitOf("a")).toBe(0);
    return wait;
  });
  expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

test("a second before its end a wait is still a wait", () => {
  fail("a", 5);
  now += 3001;
  expect(waitOf("a")).toBe(1);
  now += 999;
  expect(waitOf("a")).toBe(0);
});

test("one network's failures are not another's", () => {
  fail("a", 19);
  expect(waitOf("a")).toBe(60);
  expect(waitOf("b")).toBe(0);
});

test("success, or a quarter of an hour without a failure, begins anew", () => {
  fail("a", 6);
  delays.succeed("a");
  fail("a", 2);
  expect(waitOf("a")).toBe(0);
  fail("b", 6);
  now += 16 * MINUTE;
  fail("b", 2);
  expect(waitOf("b")).toBe(0);
});

test("where many fail, a new one waits five seconds, once, however many go on failing", () => {
  crowd(20);
  expect(waitOf("owner")).toBe(5);
  for (let second = 0; second < 5; second++) {
    crowd(200);
    expect(waitOf("owner")).toBe(5 - second);
    now += 1000;
  }
  crowd(200);
  expect(waitOf("owner")).toBe(0);
});

test("a crowd is forgotten, too", () => {
  crowd(50);
  now += 16 * MINUTE;
  expect(waitOf("owner")).toBe(0);
});

test("however many networks try, those that tried last are remembered, and no more than 10 000", () => {
  fail("first", 5);
  crowd(10_000);
  fail("last", 5);
  expect(waitOf("last")).toBe(4);
  // It has been forgotten, and is one of a crowd now.
  expect(waitOf("first")).toBe(5);
});
