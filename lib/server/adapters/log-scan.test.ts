import { execFileSync } from "node:child_process";
import { appendFile, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../testing/wait-for";
import { fileIdOf } from "./log-id";
import { createLogScan } from "./log-scan";

let dir: string;
let program: string;
let path: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "scan-"));
  program = join(dir, "log-scan.mjs");
  path = join(dir, "comfy.err.log");
  await build({
    entryPoints: ["bin/log-scan.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
  });
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const never = new AbortController().signal;
const TEXT = { q: "needle", regex: false, case: false, limit: 10 };
/** Tries every way to split the letters before it gives up. */
const ENDLESS = { q: "^(a+)+$", regex: true, case: true, limit: 10 };
const TRAP = `${"a".repeat(50)}b\n`;

const idOf = async (file: string) => fileIdOf(await stat(file, { bigint: true }));

function searchers(): string[] {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(program));
}

test("matches come with their numbers, and with the file that they are in", async () => {
  await writeFile(path, "one\na needle\ntwo\rNEEDLE\n");
  const { scan } = createLogScan(program);

  expect(await scan({ path }, TEXT, never)).toEqual({
    kind: "found",
    file: await idOf(path),
    matches: [
      { offset: 17, line: 3, text: "NEEDLE" },
      { offset: 4, line: 2, text: "a needle" },
    ],
    scannedTo: 0,
    counts: { blocks: [], mark: "" },
  });
  expect(await scan({ path, before: 17 }, TEXT, never)).toMatchObject({
    matches: [{ offset: 4 }],
  });
  expect(await scan({ path, before: 10_000 }, { ...TEXT, limit: 1 }, never)).toMatchObject({
    matches: [{ offset: 17 }],
    scannedTo: 17,
  });
});

test("a file is found by its id under the name that it has now", async () => {
  await writeFile(path, "old needle\n");
  const file = await idOf(path);
  await rename(path, `${path}.1`);
  await writeFile(path, "new needle\n");
  const { scan } = createLogScan(program);

  const found = await scan({ path, file }, TEXT, never);
  expect(found).toMatchObject({ file, matches: [{ text: "old needle" }] });
  expect(await scan({ path, file: "0-0" }, TEXT, never)).toBeNull();
  expect(await scan({ path: join(dir, "nothing") }, TEXT, never)).toBeNull();
});

test("a pattern that never ends is stopped, after what it found on the way", async () => {
  await writeFile(path, `${TRAP}aaa\n`);
  const { scan } = createLogScan(program);

  const first = await scan({ path }, { ...ENDLESS, limit: 1 }, never);
  expect(first).toMatchObject({ kind: "found", matches: [{ text: "aaa" }], scannedTo: 52 });
  expect(await scan({ path }, ENDLESS, never)).toMatchObject({
    kind: "found",
    matches: [{ text: "aaa" }],
    scannedTo: 52,
  });
  expect(await scan({ path, before: 52 }, ENDLESS, never)).toMatchObject({ kind: "stuck" });
});

test("at most two search at once, and who leaves takes its search along", async () => {
  await writeFile(path, TRAP);
  const { scan } = createLogScan(program);
  const leaving = new AbortController();
  const searches = Array.from({ length: 5 }, () => scan({ path }, ENDLESS, leaving.signal));
  const settled = Promise.allSettled(searches);

  await waitFor(() => searchers().length === 2);
  leaving.abort();

  for (const outcome of await settled) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
  }
  await waitFor(() => searchers().length === 0);
  await appendFile(path, "needle\n");
  expect(await scan({ path }, TEXT, never)).toMatchObject({ kind: "found" });
});

test("without its program a search is refused", async () => {
  await writeFile(path, "needle\n");
  const { scan } = createLogScan(join(dir, "no-such-program.mjs"));

  await expect(scan({ path }, TEXT, never)).rejects.toMatchObject({ code: "unavailable" });
});
