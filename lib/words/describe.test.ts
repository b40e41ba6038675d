import { expect, test } from "vitest";
import type { Service } from "@/lib/contract/services";
import { describe, type Facts, secondsUp } from "./describe";
import { formatDuration } from "./durations";

const NOW = new Date("2026-11-23T10:00:00.000Z");

const facts: Facts = {
  state: "RUNNING",
  held: false,
  started_at: before(180),
  stopped_at: null,
  exit_status: null,
  exit_signal: null,
  exit_expected: null,
  spawn_error: null,
  clock: clock({}),
};
const TOO_QUICK = "Exited too quickly (process log may have details)";

function before(seconds: number): string {
  return new Date(NOW.getTime() - seconds * 1000).toISOString();
}

function clock(change: Partial<Service["clock"]>): Service["clock"] {
  const nothing = { missing_at: null, next_try_at: null, tries: 0 };
  return { ...nothing, start_seconds: 10, stop_wait_seconds: 15, ...change };
}

test.each<[Partial<Facts>, string]>([
  [{}, "up 3 min"],
  [{ started_at: before(35_880) }, "up 9 h 58 min"],
  [{ held: true }, "waits for its update"],
  [{ state: "STARTING", held: true }, "waits for its update"],
  [{ state: "STARTING", started_at: before(3) }, "starting: 3 s, counts as up after 10 s"],
  [
    { state: "STARTING", started_at: before(3), clock: clock({ start_seconds: null }) },
    "starting: 3 s",
  ],
  [{ state: "STOPPING" }, "stopping: asked to end, killed after 15 s"],
  [{ state: "STOPPING", clock: clock({ stop_wait_seconds: null }) }, "stopping: asked to end"],
  [
    {
      state: "BACKOFF",
      exit_status: 1,
      clock: clock({ next_try_at: before(-2) }),
      spawn_error: TOO_QUICK,
    },
    "keeps crashing: exited with 1, next try in 2 s",
  ],
  [
    { state: "BACKOFF", exit_status: 1, clock: clock({ next_try_at: before(4) }) },
    "keeps crashing: exited with 1, tries again now",
  ],
  [{ state: "BACKOFF", spawn_error: TOO_QUICK }, "keeps crashing: ended too quickly, tries again"],
  [
    { state: "FATAL", exit_status: 127, clock: clock({ tries: 4 }), spawn_error: TOO_QUICK },
    "failed: exited with 127, command not found, gave up after 4 tries",
  ],
  [
    { state: "FATAL", spawn_error: "can't find command '/opt/x'" },
    "failed: can't find command '/opt/x', gave up",
  ],
  [
    { state: "EXITED", exit_status: 0, exit_expected: true, stopped_at: before(1500) },
    "ended as it should, 25 min ago",
  ],
  [
    { state: "EXITED", exit_signal: "SIGKILL", exit_expected: false, stopped_at: before(9) },
    "ended by SIGKILL, often for memory, 9 s ago",
  ],
  [{ state: "STOPPED", stopped_at: before(7200) }, "stopped 2 h ago"],
  [{ state: "STOPPED", started_at: null }, "not started yet"],
  [
    { state: "FATAL", clock: clock({ missing_at: "/opt/pilot/repos/ComfyUI/main.py" }) },
    "not installed",
  ],
  [{ state: "UNKNOWN" }, "supervisord cannot tell its state"],
])("%j reads as: %s", (change, words) => {
  expect(describe({ ...facts, ...change }, NOW).description).toBe(words);
});

test("a missing app says where it was looked for", () => {
  expect(describe({ ...facts, clock: clock({ missing_at: "/opt/x" }) }, NOW).detail).toBe(
    "no program at /opt/x",
  );
});

test("the words go on with the time", () => {
  const later = new Date(NOW.getTime() + 61_500);
  expect(describe(facts, later).detail).toBe("up 4 min");
  expect(secondsUp(facts, later)).toBe(241);
  expect(secondsUp({ ...facts, state: "STARTING" }, later)).toBeNull();
  expect(secondsUp({ ...facts, held: true }, later)).toBeNull();
});

test.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [35_880, "9 h 58 min"],
  [86_400 * 3 + 4 * 3600, "3 d 4 h"],
  [-5, "0 s"],
])("%s seconds are %s", (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});
