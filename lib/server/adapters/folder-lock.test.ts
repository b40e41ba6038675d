import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { bundleProgram } from "../testing/child-program";
import { waitFor } from "../testing/wait-for";
import { lockFolders } from "./folder-lock";

let folder: string;
let program: string;
let a: string;
let b: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "folder-lock-")));
  program = join(folder, "holder.cjs");
  await bundleProgram("lock-holder", program);
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  const work = mkdtempSync(join(folder, "work-"));
  [a, b] = [join(work, "a"), join(work, "b with space")];
  for (const path of [a, b]) mkdirSync(path);
});

afterEach(() => {
  vi.unstubAllEnvs();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  expect(openFolders()).toEqual([]);
});

function openFolders(): string[] {
  const fds = readdirSync("/proc/self/fd");
  const targets = fds.map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.startsWith(join(folder, "work-")));
}

async function hold(how: "alone" | "child", ...paths: string[]) {
  const child = spawn(process.execPath, [program, how, ...paths], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const [answer] = await once(createInterface(child.stdout), "line");
  return { child, answer: String(answer) };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function isFree(...paths: string[]): Promise<boolean> {
  const locks = await lockFolders(paths);
  locks?.release();
  return locks !== null;
}

test("nobody else gets a folder that is locked, until it is released", async () => {
  const locks = await lockFolders([a, b]);
  expect(locks?.fds()).toHaveLength(2);
  expect((await hold("alone", b)).answer).toBe("held by another");
  expect(await lockFolders([a])).toBeNull();
  locks?.release();
  locks?.release();
  expect(locks?.fds()).toEqual([]);
  expect((await hold("alone", b)).answer).toBe("locked");
});

test("who does not get all of them keeps none", async () => {
  await hold("alone", b);
  expect(await lockFolders([a, b])).toBeNull();
  expect(openFolders()).toEqual([]);
  expect(await isFree(a)).toBe(true);
});

test("a folder named twice, also through a link, is locked once", async () => {
  const link = join(a, "..", "link");
  symlinkSync(a, link);
  const locks = await lockFolders([a, `${a}/`, link, join(b, "..", "a")]);
  expect(locks?.fds()).toHaveLength(1);
  expect(await isFree(link)).toBe(false);
  locks?.release();
});

test("of several that want the same folders, one gets them", async () => {
  const orders = [
    [a, b],
    [b, a],
    [a, b],
    [b, a],
  ];
  const all = await Promise.all(orders.map(lockFolders));
  expect(all.filter((locks) => locks !== null)).toHaveLength(1);
  for (const locks of all) locks?.release();
});

describe("a holder that is killed", () => {
  test("frees its folders", async () => {
    const { child, answer } = await hold("alone", a, b);
    expect(answer).toBe("locked");
    expect(await isFree(a)).toBe(false);
    await kill(child);
    expect(await isFree(a, b)).toBe(true);
  });

  test("does not free them while a child lives that inherited them", async () => {
    const { child, answer } = await hold("child", a, b);
    const orphan = Number(answer.split(" ")[1]);
    await kill(child);
    expect(await isFree(a)).toBe(false);
    expect(await isFree(b)).toBe(false);
    process.kill(orphan, "SIGKILL");
    await waitFor(() => isFree(a, b));
  });

  test("frees them where the child did not inherit them", async () => {
    const locks = await lockFolders([a]);
    const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
    children.push(stranger);
    await once(stranger, "spawn");
    locks?.release();
    expect(await isFree(a)).toBe(true);
  });
});

describe("what cannot be locked", () => {
  test("is named", async () => {
    const missing = join(a, "missing");
    await expect(lockFolders([b, missing])).rejects.toMatchObject({
      code: "conflict",
      message: `There is no ${missing}.`,
    });
    await expect(lockFolders([program])).rejects.toMatchObject({
      code: "conflict",
      message: `${program} lies below something that is not a folder.`,
    });
  });

  test("is everything where there is no flock", async () => {
    vi.stubEnv("PATH", a);
    await expect(lockFolders([a])).rejects.toMatchObject({
      code: "unavailable",
      message: "flock is not on this machine: install the package util-linux.",
    });
  });
});
