import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { open, rename, symlink, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { testFolder } from "../testing/test-folder";
import { emptyLog, readLog, statLog, tailLog } from "./log-file";
import { tailRotation } from "./log-rotations";

const MIB = 1024 * 1024;

async function logOf(content: string | Buffer): Promise<string> {
  const path = join(testFolder("log"), "a.out.log");
  await writeFile(path, content);
  return path;
}

const tail = (path: string, lines: number, maxBytes = MIB) => tailLog(path, { lines, maxBytes });

test.each([
  ["", 5],
  ["one\n", 1],
  ["one\ntwo\nthree\n", 2],
  ["one\ntwo\nthree", 2],
  ["one\n\n\n", 2],
  ["\n", 1],
  ["a\nb\n", 9],
])("%j: the last %i lines are those of tail", async (content, lines) => {
  const path = await logOf(content);
  const expected = execFileSync("tail", ["-n", String(lines), path], { encoding: "utf8" });

  const result = await tail(path, lines);

  expect(result).toMatchObject({ text: expected, truncated: false, size: content.length });
  expect(result?.offset).toBe(content.length - expected.length);
});

test("lines that span many chunks are those of tail", async () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${"x".repeat(index % 400)}`);
  const path = await logOf(`${lines.join("\n")}\n`);

  for (const count of [1, 500, 2999, 3000]) {
    const expected = execFileSync("tail", ["-n", String(count), path], { encoding: "utf8" });
    expect((await tail(path, count))?.text).toBe(expected);
  }
});

test("no lines are an empty answer at the end of the file", async () => {
  expect(await tail(await logOf("one\n"), 0)).toMatchObject({
    text: "",
    offset: 4,
    truncated: false,
  });
});

test("a line of 20 MB is answered within the byte limit, marked truncated", async () => {
  const path = await logOf(Buffer.alloc(20 * MIB, "x"));

  const result = await tail(path, 200);

  expect(result?.text.length).toBe(MIB);
  expect(result).toMatchObject({ truncated: true, offset: 19 * MIB });
});

test("the byte limit never cuts inside a character", async () => {
  const path = await logOf("ä€😀".repeat(1000));

  for (let maxBytes = 90; maxBytes < 100; maxBytes += 1) {
    const result = await tail(path, 5, maxBytes);
    expect(result?.text).not.toContain("\uFFFD");
    expect(result?.size).toBe((result?.offset ?? 0) + Buffer.byteLength(result?.text ?? ""));
  }
});

test("bytes that are no UTF-8 are replaced", async () => {
  const path = await logOf(Buffer.from([0x6f, 0xff, 0xfe, 0x6b, 0x0a]));

  expect((await tail(path, 1))?.text).toBe("o\uFFFD\uFFFDk\n");
});

test("the end of a file of 10 GB is read without reading the file", async () => {
  const path = await logOf("");
  await truncate(path, 10_000 * MIB);
  const file = await open(path, "a");
  await file.write("\nlast line\n");
  await file.close();

  expect(await tail(path, 1)).toMatchObject({ text: "last line\n", offset: 10_000 * MIB + 1 });
});

const LINES = Array.from({ length: 5000 }, (_, at) => `${at} ä€😀 ${"x".repeat(at % 90)}\n`);

test("the lines up to a byte are those of tail on the file cut there", async () => {
  const path = await logOf(LINES.join(""));
  const whole = Buffer.from(LINES.join(""));

  for (const before of [0, 1, 4, 9, 70_000, 70_001, 70_002, 70_003, 200_000]) {
    const cut = await logOf(whole.subarray(0, before));
    const expected = await tail(cut, 300);
    const { text, offset, end } =
      (await tailLog(path, { lines: 300, maxBytes: MIB, before })) ?? {};
    expect({ text, offset, end }).toEqual({
      text: expected?.text,
      offset: expected?.offset,
      end: expected?.end,
    });
    expect(text).not.toContain("\uFFFD");
    expect(end).toBeGreaterThan(before - 4);
  }
  expect(await tailLog(path, { lines: 1, maxBytes: MIB, before: 10 * MIB })).toMatchObject({
    text: LINES.at(-1),
    end: whole.length,
  });
});

test("windows that are read backwards one before the other are the whole file", async () => {
  const frames = Array.from({ length: 30_000 }, (_, at) => `\rsteps ${at} █▌`).join("");
  for (const content of [LINES.join(""), `${frames}\n`, "😀".repeat(50_000), "\r\n".repeat(9000)]) {
    const path = await logOf(content);
    let text = "";
    let before: number | undefined;
    while (before !== 0) {
      const window = await tailLog(path, { lines: 1000, maxBytes: 60_000, before });
      if (!window) throw new Error("gone");
      expect(window.end).toBe(before ?? Buffer.byteLength(content));
      expect(Buffer.byteLength(window.text)).toBe(window.end - window.offset);
      text = window.text + text;
      before = window.offset;
    }
    expect(text === content).toBe(true);
  }
});

test("the lines from a byte on begin with the start of its line", async () => {
  const path = await logOf("one\ntwo ä\nthree\nfour");
  const from = (after: number, lines: number, maxBytes = MIB) =>
    tailLog(path, { lines, maxBytes, after });

  expect(await from(0, 2)).toMatchObject({ text: "one\ntwo ä\n", offset: 0, end: 11 });
  for (const after of [4, 6, 8, 9, 10])
    expect(await from(after, 1)).toMatchObject({ text: "two ä\n", offset: 4, end: 11 });
  expect(await from(11, 9)).toMatchObject({ text: "three\nfour", offset: 11, truncated: false });
  expect(await from(999, 9)).toMatchObject({ text: "four", offset: 17 });
  expect(await from(0, 0)).toMatchObject({ text: "", offset: 0, end: 0 });
  expect(await from(0, 9, 12)).toMatchObject({ text: "one\ntwo ä\n", end: 11, truncated: true });
  expect(await from(0, 9, 9)).toMatchObject({ text: "one\n", end: 4, truncated: true });
});

test("windows that are read forwards one behind the other are the whole file", async () => {
  const path = await logOf(LINES.join(""));
  let text = "";
  for (let after = 0; after < Buffer.byteLength(LINES.join("")); ) {
    const window = await tailLog(path, { lines: 700, maxBytes: 30_000, after });
    if (!window) throw new Error("gone");
    expect(window.offset).toBe(after);
    text += window.text;
    after = window.end;
  }
  expect(text === LINES.join("")).toBe(true);
});

test("between two bytes it is the last lines of just that", async () => {
  const path = await logOf("one\ntwo\nthree\nfour\n");
  const between = (after: number, before: number, lines: number) =>
    tailLog(path, { lines, maxBytes: MIB, after, before });

  expect(await between(2, 10, 9)).toMatchObject({ text: "e\ntwo\nth", offset: 2, end: 10 });
  expect(await between(2, 14, 2)).toMatchObject({ text: "two\nthree\n", offset: 4, end: 14 });
  expect(await between(14, 2, 9)).toMatchObject({ text: "", end: 2 });
});

test("a line too long for the limit begins with a whole frame of its progress bar", async () => {
  const frame = (at: number) => `\rsteps ${String(at).padStart(9)} █▌`;
  const path = await logOf(Array.from({ length: 300_000 }, (_, at) => frame(at)).join(""));

  const last = await tail(path, 200);
  expect(last?.truncated).toBe(true);
  expect(last?.text).toMatch(/^steps +\d+ █▌\r/);
  expect(last?.text.length).toBeLessThanOrEqual(MIB);
  const middle = await tailLog(path, { lines: 1, maxBytes: MIB, after: 3_000_000 });
  expect(middle?.text).toMatch(/^steps +\d+ █▌\r/);
  expect(middle?.text).toMatch(/█▌\r$/);
  expect(middle?.truncated).toBe(true);
});

test("a file keeps its id through a rename, and no other has it", async () => {
  const path = await logOf("1\n");
  const first = await statLog(path);
  await rename(path, `${path}.1`);
  await writeFile(path, "2\n");

  expect((await statLog(`${path}.1`))?.id).toBe(first?.id);
  expect((await statLog(path))?.id).not.toBe(first?.id);
  expect(first?.id).toMatch(/^[\w-]{1,64}$/);
  expect(await tailRotation(path, first?.id ?? "", { lines: 1, maxBytes: MIB })).toMatchObject({
    text: "1\n",
    path: `${path}.1`,
  });
  await unlink(`${path}.1`);
  expect(await tailRotation(path, first?.id ?? "", { lines: 1, maxBytes: MIB })).toBeNull();
});

test("a file that is not there is null, one that is no file is refused before it is read", async () => {
  const path = await logOf("");
  execFileSync("mkfifo", [`${path}.fifo`]);
  await symlink("/dev/zero", `${path}.zero`);

  expect(await tail(`${path}.gone`, 1)).toBeNull();
  expect(await statLog(join(path, "below-a-file"))).toBeNull();
  expect(await readLog(`${path}.gone`)).toBeNull();
  expect(await emptyLog(`${path}.gone`)).toBe(false);
  for (const odd of [`${path}.fifo`, `${path}.zero`, tmpdir()]) {
    await expect(tail(odd, 1)).rejects.toMatchObject({ code: "not_found" });
    await expect(readLog(odd)).rejects.toMatchObject({ code: "not_found" });
    await expect(emptyLog(odd)).rejects.toMatchObject({ code: "not_found" });
    expect(await statLog(odd)).toBeNull();
  }
});

test("a download is the file as it was when it began", async () => {
  const path = await logOf("one\ntwo\n");

  const log = await readLog(path);
  await writeFile(path, "three\n", { flag: "a" });

  expect(log?.size).toBe(8);
  expect(await text(log?.body as never)).toBe("one\ntwo\n");
  const empty = await readLog(await logOf(""));
  expect(await text(empty?.body as never)).toBe("");
});

test("a download that nobody reads to its end closes its file, and one whose file is cut breaks off", async () => {
  const path = await logOf(Buffer.alloc(3 * MIB, "x"));
  const openFiles = () => readdirSync("/proc/self/fd").length;
  const before = openFiles();

  const left = await readLog(path);
  await left?.body.cancel();
  const cut = await readLog(path);
  await truncate(path, MIB);
  await expect(text(cut?.body as never)).rejects.toThrow("was cut");

  expect(openFiles()).toBe(before);
});

test("a log is emptied in place, and a program that appends goes on at its start", async () => {
  const path = await logOf("old\n");
  const appending = await open(path, "a");

  expect(await emptyLog(path)).toBe(true);
  await appending.write("new\n");
  await appending.close();

  expect((await tail(path, 5))?.text).toBe("new\n");
});
