import { expect, test } from "vitest";
import { describe, type Facts } from "./describe";
import { formatDuration } from "./durations";

const facts: Facts = {
  state: "RUNNING",
  missingAt: null,
  sinceStart: 180,
  sinceStop: null,
  startSeconds: 10,
  stopWaitSeconds: 15,
  nextTrySeconds: null,
  tries: 0,
  exit_status: null,
  exit_signal: null,
  exit_expected: null,
  spawn_error: null,
};
const TOO_QUICK = "Exited too quickly (process log may have details)";

test.each<[Partial<Facts>, string]>([
  [{}, "up 3 min"],
  [{ sinceStart: 35_880 }, "up 9 h 58 min"],
  [{ state: "STARTING", sinceStart: 3 }, "starting: 3 s, counts as up after 10 s"],
  [{ state: "STOPPING" }, "stopping: asked to end, killed after 15 s"],
  [
    { state: "BACKOFF", exit_status: 1, nextTrySeconds: 2, spawn_error: TOO_QUICK },
    "keeps crashing: exited with 1, next try in 2 s",
  ],
  [{ state: "BACKOFF", spawn_error: TOO_QUICK }, "keeps crashing: ended too quickly, tries again"],
  [
    { state: "FATAL", exit_status: 127, tries: 4, spawn_error: TOO_QUICK },
    "failed: exited with 127, command not found, gave up after 4 tries",
  ],
  [
    { state: "FATAL", spawn_error: "can't find command '/opt/x'" },
    "failed: can't find command '/opt/x', gave up",
  ],
  [
    { state: "EXITED", exit_status: 0, exit_expected: true, sinceStop: 1500 },
    "ended as it should, 25 min ago",
  ],
  [
    { state: "EXITED", exit_signal: "SIGKILL", exit_expected: false, sinceStop: 9 },
    "ended by SIGKILL, often for memory, 9 s ago",
  ],
  [{ state: "STOPPED", sinceStop: 7200 }, "stopped 2 h ago"],
  [{ state: "STOPPED" }, "not started yet"],
  [{ state: "FATAL", missingAt: "/opt/pilot/repos/ComfyUI/main.py" }, "not installed"],
])("%j reads as: %s", (change, words) => {
  expect(describe({ ...facts, ...change }).description).toBe(words);
});

test("a missing app says where it was looked for", () => {
  expect(describe({ ...facts, missingAt: "/opt/x" }).detail).toBe("no program at /opt/x");
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
