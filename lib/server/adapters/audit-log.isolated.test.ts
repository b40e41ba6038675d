import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleProgram, canMount, runProgram, runWithMounts } from "../testing/child-program";
import { killWhileWriting } from "../testing/kill-while-writing";
import { createAuditLog } from "./audit-log";

const KILLS = 15;
/** Small, so that the file is set aside every few lines. */
const MAX_BYTES = 1500;

type Line = { name: string; number: number; text: string };

let folder: string;
let program: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "audit-log-isolated-")));
  program = join(folder, "writer.cjs");
  await bundleProgram("audit-writer", program);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Oldest first. Lines that are no JSON come from a kill, and are told apart. */
async function readAll(path: string) {
  const lines: Line[] = [];
  const torn: string[] = [];
  for await (const line of createAuditLog(path, { older: 1000 }).readBackwards()) {
    try {
      lines.unshift(JSON.parse(line));
    } catch {
      torn.unshift(line);
    }
  }
  return { lines, torn };
}

test("what is killed while it appends has lost nothing that it said was done", async () => {
  const path = join(folder, "killed", "audit.jsonl");
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const when = { first: next, rounds: kill % 4, folder };
    const args = [path, "a", `${next}`, "9999", `${MAX_BYTES}`];
    const last = await killWhileWriting([program, ...args], when);
    const { lines } = await readAll(path);
    const newest = lines.at(-1)?.number ?? -1;
    expect([last, last + 1]).toContain(newest);
    next = newest + 1;
  }
  const { lines, torn } = await readAll(path);
  expect(torn).toEqual([]);
  expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: next }, (_, n) => n));
  expect(readdirSync(join(folder, "killed")).length).toBeGreaterThan(2);
}, 60_000);

test("two programs that append at once, and set the file aside, lose nothing of each other", async () => {
  const path = join(folder, "shared", "audit.jsonl");
  const outputs = await Promise.all(
    ["left", "right"].map((name) => runProgram(program, [path, name, "0", "60", `${MAX_BYTES}`])),
  );
  const numbers = Array.from({ length: 60 }, (_, number) => number);
  expect(outputs).toEqual(Array(2).fill(`${numbers.join("\n")}\n`));
  const { lines, torn } = await readAll(path);
  expect(torn).toEqual([]);
  for (const name of ["left", "right"]) {
    const own = lines.filter((line) => line.name === name);
    expect(own.map(({ number }) => number)).toEqual(numbers);
    expect(own.every(({ text, number }) => text.length === number)).toBe(true);
  }
  const sizes = readdirSync(join(folder, "shared")).map(
    (file) => statSync(join(folder, "shared", file)).size,
  );
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BYTES);
}, 30_000);

test.skipIf(!canMount)(
  "a file that is mounted by itself cannot be set aside, and goes on growing",
  async () => {
    const work = mkdtempSync(join(folder, "mounted-"));
    mkdirSync(join(work, "config"));
    for (const file of ["host.jsonl", "config/audit.jsonl"]) writeFileSync(join(work, file), "");
    const output = await runWithMounts(
      [
        "mount --bind host.jsonl config/audit.jsonl",
        `${process.execPath} ${program} "$PWD/config/audit.jsonl" a 0 40 ${MAX_BYTES}`,
        "ls config",
      ].join("\n"),
      work,
    );
    expect(output).toMatch(/\n39\naudit\.jsonl\n$/);
    const lines = readFileSync(join(work, "host.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).number)).toEqual(
      Array.from({ length: 40 }, (_, n) => n),
    );
  },
);
