import { describe, expect, test } from "vitest";
import type { Service } from "@/lib/contract/services";
import { can, needsYou, shown, shownStale, signOf, wordOf } from "./states";
import { aService } from "./testing";

const absent = { installed: false } as const;
const rows: [string, Partial<Service>, string, string, string[]][] = [
  ["running", { state: "RUNNING" }, "running", "Running", ["restart", "stop"]],
  ["starting", { state: "STARTING" }, "starting", "Starting", ["restart", "stop"]],
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
  expect(needing).toEqual(["crash-looping", "failed", "ended badly", "killed"]);
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
