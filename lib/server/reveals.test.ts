import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Caller } from "@/lib/contract/access";
import type { Recorded } from "./activity";
import { createReveals } from "./reveals";

const CALLER: Caller = { kind: "session", name: "browser", scope: "full", address: "10.0.0.1" };

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

function revealsOf() {
  const recorded: Recorded[] = [];
  return { ...createReveals({ record: (entry) => recorded.push(entry) }), recorded };
}

test("it is recorded once for each log that somebody opens, however often it is read", () => {
  const { allow, recorded } = revealsOf();

  for (let minute = 0; minute < 30; minute += 5) {
    allow(CALLER, "comfy");
    vi.advanceTimersByTime(5 * 60_000);
  }
  allow(CALLER, "kohya");
  allow({ ...CALLER, address: "10.0.0.2" }, "comfy");
  vi.advanceTimersByTime(20 * 60_000);
  allow(CALLER, "comfy");

  const said = recorded.map(({ address, target, result }) => `${address} ${target} ${result}`);
  expect(said).toEqual([
    "10.0.0.1 comfy ok",
    "10.0.0.1 kohya ok",
    "10.0.0.2 comfy ok",
    "10.0.0.1 comfy ok",
  ]);
  expect(recorded[0]).toMatchObject({ action: "secrets.revealed", actor: "browser" });
});

test("who may only look is refused, which is recorded too", () => {
  const { allow, recorded } = revealsOf();

  expect(() => allow({ ...CALLER, scope: "read" }, "comfy")).toThrow(
    expect.objectContaining({ code: "forbidden" }),
  );
  expect(recorded).toMatchObject([{ target: "comfy", result: "refused" }]);
});
