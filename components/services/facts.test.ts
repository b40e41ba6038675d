import { expect, test } from "vitest";
import { autostartOf, factsOf } from "./facts";
import { aService } from "./testing";

test("the file, what is loaded and the process are told apart", () => {
  expect(autostartOf(aService())).toBe("on in the file, on when loaded, running now");
  expect(autostartOf(aService({ autostart: false }))).toBe(
    "off in the file, on when loaded, running now",
  );
  expect(autostartOf(aService({ autostart_loaded: null, state: "STOPPED", running: false }))).toBe(
    "on in the file, not running now",
  );
});

test("a fact that there is none of is left out", () => {
  const names = factsOf(aService({ state: "STOPPED", started_at: null, port: null })).map(
    ([name]) => name,
  );
  expect(names).toEqual(["Autostart"]);
});

test("the end of a service says how it ended", () => {
  const ended = { state: "EXITED", stopped_at: new Date().toISOString() } as const;
  const endOf = (facts: object) => new Map(factsOf(aService({ ...ended, ...facts }))).get("Ended");
  expect(endOf({ exit_status: 1 })).toMatch(/, exited with 1$/);
  expect(endOf({ exit_signal: "SIGKILL" })).toMatch(/, by SIGKILL$/);
});

test("restarts and tries are told where there were any", () => {
  const namesOf = (facts: object) => factsOf(aService(facts)).map(([name]) => name);
  expect(namesOf({})).not.toContain("Last hour");
  expect(namesOf({})).not.toContain("Tries");

  const factOf = (name: string, facts: object) => new Map(factsOf(aService(facts))).get(name);
  expect(factOf("Last hour", { restarts_last_hour: 1 })).toBe("1 restart");
  expect(factOf("Last hour", { restarts_last_hour: 4 })).toBe("4 restarts");
  const { clock } = aService();
  const tried = { ...clock, tries: 4 };
  expect(factOf("Tries", { state: "FATAL", clock: tried })).toBe("4, then gave up");
  const next_try_at = new Date(2026, 1, 11, 14, 8, 21).toISOString();
  expect(factOf("Tries", { state: "BACKOFF", clock: { ...tried, next_try_at } })).toBe(
    "4, next at 14:08:21",
  );
  expect(factOf("Tries", { state: "RUNNING", clock: tried })).toBe(undefined);
});
