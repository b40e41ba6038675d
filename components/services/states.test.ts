import { describe, expect, test } from "vitest";
import type { Cause } from "@/lib/contract/causes";
import type { Service } from "@/lib/contract/services";
import { can, needsYou, shown, shownStale, signOf, wordOf } from "./states";
import { aService } from "./testing";

const absent = { installed: false } as const;
const rows: [string, Partial<Service>, string, string, string[]][] = [
  ["running", { state: "RUNNING" }, "running", "Running", ["restart", "stop"]],
  ["starting", { state: "STARTING" }, "starting", "Starting", ["restart", "stop"]],
  ["waiting for its update", { state: "RUNNING", held: true }, "waiting", "Waiting", ["stop"]],
  ["stopping", { state: "STOPPING" }, "stopping", "Stopping", []],
  ["crash-looping", { state: "BACKOFF" }, "backoff", "Keeps crashing", ["restart", "stop"]],
  ["failed", { state: "FATAL" }, "fatal", "Failed", ["start"]],
  ["finished", { state: "EXITED", exit_expected: true }, "exited", "Finished", ["start"]],
  [
    "ended badly",
    { state: "EXITED", exit_expected: false },
    "exitbad",
    "Ended with an error",
    ["start"],
  ],
  [
    "killed",
    { state: "EXITED", exit_signal: "SIGKILL" },
    "exitbad",
    "Ended with an error",
    ["start"],
  ],
  [
    "up between two crashes",
    { state: "RUNNING", flapping: true },
    "backoff",
    "Keeps crashing",
    ["restart", "stop"],
  ],
  [
    "coming up after a crash",
    { state: "STARTING", flapping: true },
    "backoff",
    "Keeps crashing",
    ["restart", "stop"],
  ],
  ["stopped after crashes", { state: "STOPPED", flapping: true }, "stopped", "Stopped", ["start"]],
  [
    "finished after crashes",
    { state: "EXITED", exit_expected: true, flapping: true },
    "exited",
    "Finished",
    ["start"],
  ],
  ["stopped", { state: "STOPPED" }, "stopped", "Stopped", ["start"]],
  ["unknown", { state: "UNKNOWN" }, "unknown", "Unknown", ["start", "stop"]],
  ["absent", { state: "FATAL", ...absent }, "notinstalled", "Not installed", []],
  [
    "absent with a stand-in",
    { state: "STOPPED", ...absent, stand_in: true },
    "stopped",
    "Stopped",
    ["start"],
  ],
  [
    "absent yet running",
    { state: "RUNNING", ...absent },
    "running",
    "Running",
    ["restart", "stop"],
  ],
];

test.each(
  rows,
)("a service that is %s has its sign, word and buttons", (_case, facts, sign, word, buttons) => {
  const service = aService(facts);
  expect(signOf(service)).toBe(sign);
  expect(wordOf(signOf(service))).toBe(word);
  expect((["start", "restart", "stop"] as const).filter((action) => can(service, action))).toEqual(
    buttons,
  );
});

test("what failed, keeps crashing or ended with an error needs a person; nothing else does", () => {
  const needing = rows.filter(([, facts]) => needsYou(aService(facts))).map(([name]) => name);
  expect(needing).toEqual([
    "crash-looping",
    "failed",
    "ended badly",
    "killed",
    "up between two crashes",
    "coming up after a crash",
  ]);
});

describe("where the cause is known", () => {
  const cause: Cause = {
    kind: "gpu_memory",
    title: "not enough GPU memory",
    text: "Invoke AI asked for 2.5 GB; 1.9 GB of 48 GB were free.",
    advice: "Stop a service that holds GPU memory.",
    line: null,
  };
  test.each<[Partial<Service>, string]>([
    [{ state: "FATAL" }, "Failed: not enough GPU memory"],
    [{ state: "BACKOFF" }, "Keeps crashing: not enough GPU memory"],
    [{ state: "RUNNING", flapping: true }, "Keeps crashing: not enough GPU memory"],
    [{ state: "EXITED", exit_expected: false }, "Ended: not enough GPU memory"],
    [{ state: "EXITED", exit_expected: true }, "Finished"],
    [{ state: "RUNNING" }, "Running"],
  ])("the word of %o says it", (facts, word) => {
    expect(shown(aService({ ...facts, cause }), undefined).word).toBe(word);
  });

  test("what a click leads to goes first", () => {
    expect(shown(aService({ state: "FATAL", cause }), "start").word).toBe("Starting");
  });
});

test("of a service that is up between two crashes, its restarts are said, in the room of a line", () => {
  const facts = { flapping: true, restarts_last_hour: 4, detail: "up 40 s" };
  const detail = shown(aService(facts), undefined).detail;
  expect(detail).toBe("4 restarts in an hour, up 40 s");
  const longest = aService({ ...facts, restarts_last_hour: 999, detail: "up 14 min" });
  expect(shown(longest, undefined).detail.length).toBeLessThanOrEqual(44);

  const starting = "3 s, counts as up after 10 s";
  const coming = aService({ ...facts, state: "STARTING", detail: starting });
  expect(shown(coming, undefined).detail).toBe(starting);
});

describe("while an action is pending", () => {
  test("the row shows the state that it leads to", () => {
    expect(shown(aService({ state: "STOPPED" }), "start").word).toBe("Starting");
    expect(shown(aService(), "stop").word).toBe("Stopping");
    expect(shown(aService(), "restart").word).toBe("Restarting");
  });

  test("what supervisord says of it goes first once it has begun", () => {
    const detail = "3 s, counts as up after 10 s";
    expect(shown(aService({ state: "STARTING", detail }), "start").detail).toBe(detail);
  });
});

test("of a service that cannot be asked about, the last that was seen is said", () => {
  const { sign, word, detail } = shownStale(aService(), "14:08");
  expect([sign, word, detail]).toEqual(["unknown", "Unknown since 14:08", "last seen running"]);
});
