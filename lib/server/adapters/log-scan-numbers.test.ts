import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LineCounts, numberLines } from "./log-scan-numbers";

const MIB = 1024 * 1024;
const LINE = `${"x".repeat(49)}\n`;

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "numbers-"));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Of a file of 50-byte lines. */
function number(
  offsets: number[],
  { known = null, until = Number.POSITIVE_INFINITY, first = LINE } = {} as {
    known?: LineCounts | null;
    until?: number;
    first?: string;
  },
) {
  const path = join(dir, "log");
  const content = first + LINE.repeat(Math.ceil((5 * MIB) / LINE.length));
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  const result = numberLines({ fd, size: content.length }, offsets, { known, until });
  closeSync(fd);
  return result;
}

test("lines are numbered from 1, wherever they are", () => {
  const lines = [1, 2, 20_971, 20_972, 20_973, 62_000, 104_000];
  const { numbers } = number(lines.map((line) => (line - 1) * 50).reverse());

  expect([...numbers.values()]).toEqual(lines);
});

test("what was counted once is not counted again", () => {
  const { counts } = number([4 * MIB - ((4 * MIB) % 50)]);
  expect(counts.blocks).toEqual([20_971, 20_972, 20_971]);

  const wrong = { ...counts, blocks: counts.blocks.map(() => 1) };
  const offset = 3 * MIB - ((3 * MIB) % 50) + 50;
  expect(number([offset], { known: wrong }).numbers.get(offset)).toBe(5);
});

test("in a file that was written anew everything is counted again", () => {
  const { counts } = number([4 * MIB]);
  const shifted = number([2 * MIB], { known: counts, first: "a\n\nb\n" });
  expect(shifted.numbers).toEqual(number([2 * MIB], { first: "a\n\nb\n" }).numbers);
});

test("out of time, a line has no number, and the next time starts where this one ended", () => {
  const { numbers, counts } = number([0, 4 * MIB], { until: 0 });
  expect([...numbers]).toEqual([[0, 1]]);
  expect(counts.blocks).toEqual([]);
});
