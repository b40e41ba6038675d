import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLastLines } from "./last-lines";

let dir: string;
let path: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "last-lines-"));
  path = join(dir, "comfy.err.log");
});

afterAll(() => rm(dir, { recursive: true, force: true }));

async function linesOf(content: string | Buffer) {
  await writeFile(path, content);
  return (await readLastLines(path))?.lines;
}

test("lines come with the byte at which they start, without colours and without the empty ones", async () => {
  expect(await linesOf("one ü\r\n\n\x1b[31m  two\x1b[0m \n10%\r20%\rKeyError")).toEqual([
    { offset: 0, text: "one ü" },
    { offset: 9, text: "  two" },
    { offset: 25, text: "10%" },
    { offset: 29, text: "20%" },
    { offset: 33, text: "KeyError" },
  ]);
});

test("of a long log the end is read, from the first whole line on", async () => {
  const log = Buffer.from("a line of a log\n".repeat(100_000));
  const lines = await linesOf(log);

  expect(lines).toHaveLength(300);
  expect(lines?.[0]).toEqual({ offset: log.length - 300 * 16, text: "a line of a log" });
  expect(await linesOf("x".repeat(100_000))).toEqual([]);
  expect(await linesOf(Buffer.concat([Buffer.alloc(70_000, 0xff), Buffer.from("\nend")]))).toEqual([
    { offset: 70_001, text: "end" },
  ]);
});

test("without a log there are no lines", async () => {
  expect(await readLastLines(join(dir, "nothing"))).toBeNull();
  expect(await linesOf("")).toEqual([]);
});
