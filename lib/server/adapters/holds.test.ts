import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHolds } from "./holds";

let runDir: string;
const holds = () => createHolds(runDir);
const write = (name: string, text: string) => writeFileSync(join(runDir, "hold", name), text);

/** Of a process that has ended, and was waited for. */
const deadPid = () => spawnSync("true").pid;

beforeEach(() => {
  runDir = join(mkdtempSync(join(tmpdir(), "holds-")), "pilot");
});
afterEach(() => rmSync(join(runDir, ".."), { recursive: true, force: true }));

test("what is held is told, in order, until it is released", async () => {
  await holds().hold(["kohya", "ai-toolkit", "comfy"]);
  expect(await holds().names()).toEqual(["ai-toolkit", "comfy", "kohya"]);

  await holds().release("comfy");
  await holds().release("comfy");
  expect(await holds().names()).toEqual(["ai-toolkit", "kohya"]);

  await holds().releaseAllOwn();
  expect(await holds().names()).toEqual([]);
});

test("one process does not release what another one works on", async () => {
  await holds().hold(["comfy", "invoke", "kohya", "diffpipe"]);
  write("comfy", `${process.ppid}\n`);
  write("invoke", `${process.pid}\n`);
  write("kohya", `${deadPid()}\n`);

  await holds().releaseOwn("comfy");
  await holds().releaseAllOwn();
  expect(readdirSync(join(runDir, "hold"))).toEqual(["comfy"]);

  await holds().release("comfy");
  expect(await holds().names()).toEqual([]);
});

test("without a folder nothing is held, and releasing is no error", async () => {
  expect(await holds().names()).toEqual([]);
  await holds().release("comfy");
  await holds().releaseOwn("comfy");
  await holds().releaseAllOwn();
});

test("a service is held for as long as the one who works on it lives", async () => {
  await holds().hold(["comfy", "kohya"]);
  write("comfy", `${process.pid}\n`);
  write("kohya", `${deadPid()}\n`);
  expect(await holds().names()).toEqual(["comfy"]);
});

test("a hold of nobody counts for ten seconds, whichever way the clock is set", async () => {
  await holds().hold(["early", "late", "fresh"]);
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
  utimesSync(join(runDir, "hold", "early"), at(-11), at(-11));
  utimesSync(join(runDir, "hold", "late"), at(3600), at(3600));
  expect(await holds().names()).toEqual(["fresh"]);
});

test.each([["0"], ["-1"], ["comfy"], ["1e3"]])("%j is no pid, and holds nothing", async (text) => {
  await holds().hold(["comfy"]);
  write("comfy", text);
  expect(await holds().names()).toEqual([]);
});

test("what cannot be read holds nothing", async () => {
  await holds().hold(["comfy"]);
  mkdirSync(join(runDir, "hold", "folder"));
  expect(await holds().names()).toEqual(["comfy"]);

  rmSync(runDir, { recursive: true });
  writeFileSync(runDir, "");
  expect(await holds().names()).toEqual([]);
});

test("the reconcile is asked for beside the holds", async () => {
  await holds().askForReconcile();
  expect(readdirSync(runDir)).toEqual(["reconcile"]);
});
