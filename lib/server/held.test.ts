import { expect, test } from "vitest";
import type { ProcessInfo } from "./adapters/supervisord";
import { createFindHeld } from "./held";

type State = ProcessInfo["statename"];

const aProcess = (name: string, statename: State, pid: number) =>
  ({ name, group: name, statename, pid }) as ProcessInfo;

const PROGRAMS = new Map([
  [10, "bash"],
  [11, "python3.11"],
  [12, "node"],
]);

test.each([
  ["its launcher waits", "comfy", "RUNNING", 10, true],
  ["its launcher has only just begun to wait", "comfy", "STARTING", 10, true],
  ["nobody can tell what it runs", "comfy", "RUNNING", 99, true],
  ["it runs its app all the same", "comfy", "RUNNING", 11, false],
  ["its launcher is asked to end", "comfy", "STOPPING", 10, false],
  ["it does not run", "comfy", "STOPPED", 0, false],
  ["its update is not due", "kohya", "RUNNING", 10, false],
] as const)("where %s, %s is held or not", async (_case, name, state, pid, isHeld) => {
  const findHeld = createFindHeld({
    heldNames: async () => ["comfy"],
    programOf: (pid) => PROGRAMS.get(pid) ?? null,
  });
  expect((await findHeld([aProcess(name, state, pid)])).has(name)).toBe(isHeld);
});
