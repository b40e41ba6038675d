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
