import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, open, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { emptyLog, readLog, statLog, tailLog } from "./log-file";

const MIB = 1024 * 1024;

async function logOf(content: string | Buffer): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "log-")), "a.out.log");
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
