import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { bundleProgram } from "../testing/child-program";
import { waitFor } from "../testing/wait-for";
import { identify, isAlive, isSame, killMarked, killMarkedNow, programOf } from "./process";

const NAME = "CONTROLPILOT_TEST_MARK";
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function start(program: string, args: string[], mark?: string): Promise<ChildProcess> {
  const env = mark === undefined ? process.env : { ...process.env, [NAME]: mark };
  const child = spawn(program, args, { env, stdio: "ignore", detached: true });
  children.push(child);
  await once(child, "spawn");
  return child;
}

function pidOf({ pid = 0 }: ChildProcess): number {
  return pid;
}

function stateOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] ?? "";
}

describe("identify", () => {
  test("tells a process from others, and itself from what it was", async () => {
    const [one, two] = [await start("sleep", ["60"]), await start("sleep", ["60"])];
    const identity = identify(pidOf(one)) ?? "";
    expect(identity).toMatch(/^\d+ \d+ [0-9a-f-]{36}$/);
    expect(isSame(pidOf(one), identity)).toBe(true);
    expect(isSame(pidOf(two), identity)).toBe(false);
    expect(isSame(pidOf(one), identity.replace(/ \d+ /, " 1 "))).toBe(false);
    one.kill("SIGKILL");
    await once(one, "exit");
    expect(identify(pidOf(one))).toBeNull();
    expect(isSame(pidOf(one), identity)).toBe(false);
  });

  test("is not misled by a program's name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "process-"));
    const program = join(folder, "a) S 1 (b) ");
    copyFileSync("/bin/sleep", program);
    const child = await start(program, ["60"]);
    const plain = await start("sleep", ["60"]);
    const ticks = async (one: ChildProcess) =>
      waitFor(() => Number(identify(pidOf(one))?.split(" ")[1]));
    expect(Math.abs((await ticks(child)) - (await ticks(plain)))).toBeLessThan(500);
    rmSync(folder, { recursive: true });
  });

  test("one that has ended and waits for its parent does not run", async () => {
    const parent = await start("sh", ["-c", "sleep 0 & exec sleep 60"]);
    const path = `/proc/${pidOf(parent)}/task/${pidOf(parent)}/children`;
    const zombie = await waitFor(() => {
      const pid = Number(readFileSync(path, "utf8").trim());
      return pid > 0 && stateOf(pid) === "Z" ? pid : null;
    });
    expect(isAlive(zombie)).toBe(true);
    expect(identify(zombie)).toBeNull();
  });

  test("nobody is at a number that is none", () => {
    for (const pid of [0, -1, 2 ** 30]) expect(identify(pid)).toBeNull();
  });
});

test("the program of a process is known, and none where there is no process", async () => {
  const child = await start("bash", ["-c", "sleep 60 & wait"]);
  expect(programOf(pidOf(child))).toBe("bash");
  expect(programOf(2 ** 30)).toBeNull();
});

describe("killMarked", () => {
  test("ends those with the mark, with what they started, and nobody else", async () => {
    const marked = await start("sh", ["-c", "sleep 60 & sleep 60 & wait"], "one");
    const deaf = await start(
      "sh",
      ["-c", "trap '' TERM INT HUP; while :; do sleep 1; done"],
      "one",
    );
    const others = [
      await start("sleep", ["60"], "two"),
      await start("sleep", ["60"], "one more"),
      await start("sleep", ["60"]),
    ];
    const path = `/proc/${pidOf(marked)}/task/${pidOf(marked)}/children`;
    await waitFor(() => readFileSync(path, "utf8").trim().split(" ").length === 2);
    const count = await killMarked(NAME, "one");
    expect(count).toBeGreaterThanOrEqual(4);
    for (const child of [marked, deaf]) expect(identify(pidOf(child))).toBeNull();
    for (const child of others) expect(identify(pidOf(child))).not.toBeNull();
    expect(await killMarked(NAME, "one")).toBe(0);
  });

  test("leaves them alone once they are somebody's", async () => {
    const marked = await start("sleep", ["60"], "taken");
    expect(await killMarked(NAME, "taken", async () => false)).toBe(0);
    expect(identify(pidOf(marked))).not.toBeNull();
  });

  test("ends them in the same moment, for a process that ends then", async () => {
    const [marked, other] = [
      await start("sleep", ["60"], "now"),
      await start("sleep", ["60"], "later"),
    ];
    const ended = once(marked, "exit");
    killMarkedNow(NAME, "now");
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(identify(pidOf(other))).not.toBeNull();
  });

  test("gets those that start others all the time", async () => {
    const restless = "while :; do sleep 5 & sh -c 'sleep 5 & exec sleep 5' & sleep 0.01; done";
    await start("sh", ["-c", restless], "restless");
    expect(await killMarked(NAME, "restless")).toBeGreaterThan(0);
    expect(await killMarked(NAME, "restless")).toBe(0);
  });

  test("spares itself and those it was started by", async () => {
    const folder = mkdtempSync(join(tmpdir(), "process-"));
    const program = join(folder, "killer.cjs");
    await bundleProgram("marked-killer", program);
    const script = `sleep 60 & "${process.execPath}" "${program}" ${NAME} own; echo survived`;
    const env = { ...process.env, [NAME]: "own" };
    const { stdout } = await promisify(execFile)("sh", ["-c", script], { env });
    expect(stdout).toBe("1 survived\n");
    rmSync(folder, { recursive: true });
  });
});
