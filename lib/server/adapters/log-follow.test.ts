import { execFileSync } from "node:child_process";
import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  open,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openFiles } from "../testing/open-files";
import { followLog, type LogFollower, type LogStep } from "./log-follow";
import { fileIdOf } from "./log-id";
import { type LogPosition, readPosition, writePosition } from "./log-position";
import { rotationsOf } from "./log-rotations";

const MIB = 1024 * 1024;
const ALL = { lines: 1000, maxBytes: MIB };

async function newLog(content?: string | Buffer): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "follow-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, "a.out.log");
  if (content !== undefined) await writeFile(path, content);
  return path;
}

async function follow(path: string, start: Parameters<typeof followLog>[1] = ALL) {
  const follower = await followLog(path, start);
  onTestFinished(() => follower.close());
  return follower;
}

/** All there is to tell now. */
async function drain(follower: LogFollower): Promise<LogStep[]> {
  const steps: LogStep[] = [];
  for (let step = await follower.next(); step; step = await follower.next()) steps.push(step);
  return steps;
}

const textOf = (steps: LogStep[]) =>
  steps.map((step) => (step.kind === "text" ? step.text : `<${step.kind}>`)).join("");
const read = async (follower: LogFollower) => textOf(await drain(follower));

/** As supervisord does it: the highest number first, the oldest one dropped. */
async function rotate(path: string, backups = 5): Promise<void> {
  for (let number = backups - 1; number > 0; number -= 1) {
    await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => {});
  }
  await rename(path, `${path}.1`);
  await writeFile(path, "");
}

/** As supervisord does it: the rotations stay. */
async function clear(path: string): Promise<void> {
  await unlink(path);
  await writeFile(path, "");
}

/** Through its text, as another server would get it. */
function handedOver(position: LogPosition): { position: LogPosition } {
  const read = readPosition(writePosition(position));
  if (read === undefined) throw new Error("a position that cannot be read back");
  return { position: read };
}

test("the last lines come first, then what is appended, each from its byte on", async () => {
  const path = await newLog("one\ntwo\nthree\n");
  const follower = await follow(path, { lines: 2, maxBytes: MIB });
  expect(follower.isPast()).toBe(true);

  const [past, ...none] = await drain(follower);
  await appendFile(path, "four\nfi");
  const [live] = await drain(follower);

  expect(past).toMatchObject({ text: "two\nthree\n", offset: 4, end: 14, past: true });
  expect(none).toEqual([]);
  expect(live).toMatchObject({ text: "four\nfi", offset: 14, end: 21, past: false });
  expect(follower.isPast()).toBe(false);
  expect(await drain(follower)).toEqual([]);
});

test("what is written while the past is read is not past", async () => {
  const path = await newLog("old\n");
  const follower = await follow(path);
  await appendFile(path, "new\n");

  expect(await drain(follower)).toMatchObject([
    { text: "old\n", past: true },
    { text: "new\n", past: false },
  ]);
});

test("a past that ends inside a character is read on when the character is whole", async () => {
  const path = await newLog(Buffer.from([0x61, 0xc3]));
  const follower = await follow(path);
  expect(await drain(follower)).toMatchObject([{ text: "a", past: true }]);

  await appendFile(path, Buffer.from([0xa4, 0x62]));
  expect(await drain(follower)).toMatchObject([{ text: "äb", offset: 1, past: false }]);
});

test("a character that writes cut in two comes whole, bytes that are none come as U+FFFD", async () => {
  const path = await newLog("");
  const follower = await follow(path);
  const smile = Buffer.from("a😀b");
  let text = "";
  for (const byte of smile) {
    await appendFile(path, Buffer.from([byte]));
    text += await read(follower);
  }
  expect(text).toBe("a😀b");

  await appendFile(path, Buffer.from([0xff, 0xc3, 0x28, 0xe2, 0x82, 0x41, 0xf0, 0x9f]));
  expect(await read(follower)).toBe("\ufffd\ufffd(\ufffdA");
  await rotate(path);
  await appendFile(path, "next\n");
  expect(await read(follower)).toBe("\ufffd<rotated>next\n");
});

test("the rest of a rotated file comes before the new one", async () => {
  const path = await newLog("1\n");
  const follower = await follow(path);
  await drain(follower);

  await appendFile(path, "2\n");
  await rotate(path);
  await appendFile(path, "3\n");

  const steps = await drain(follower);
  expect(textOf(steps)).toBe("2\n<rotated>3\n");
  const [second, rotated, third] = steps as { file: string }[];
  expect(rotated?.file).toBe(third?.file);
  expect(rotated?.file).not.toBe(second?.file);
});

test("of several rotations between two looks every file is read, the oldest first", async () => {
  const path = await newLog("1\n");
  const follower = await follow(path);
  for (const line of ["2\n", "3\n", "4\n", "5\n"]) {
    await rotate(path);
    await appendFile(path, line);
  }
  expect(await read(follower)).toBe("1\n<rotated>2\n<rotated>3\n<rotated>4\n<rotated>5\n");

  for (const line of ["6\n", "7\n", "8\n", "9\n"]) {
    await appendFile(path, line);
    await rotate(path, 3);
  }
  // The file with "5" and "6" was dropped meanwhile, yet it is still held.
  expect(await read(follower)).toBe("6\n<truncated>7\n<rotated>8\n<rotated>9\n");
});

test("a file that is moved away by hand is followed until the new one has its first line", async () => {
  const path = await newLog("1\n");
  const writer = await open(path, "a");
  onTestFinished(() => writer.close());
  const follower = await follow(path);
  await rename(path, `${path}.old`);
  await writer.write("2\n");
  expect(await read(follower)).toBe("1\n2\n");

  await writeFile(path, "");
  await writer.write("3\n");
  expect(await read(follower)).toBe("3\n");
  await appendFile(path, "4\n");
  expect(await read(follower)).toBe("<rotated>4\n");
});

test("a file that is emptied is read from its start, also where it has grown beyond where it was", async () => {
  const path = await newLog("old line\n");
  const follower = await follow(path);
  await drain(follower);

  await truncate(path, 0);
  await appendFile(path, "new\n");
  expect(await read(follower)).toBe("<truncated>new\n");

  await truncate(path, 0);
  await appendFile(path, "longer than it was\n");
  expect(await read(follower)).toBe("<truncated>longer than it was\n");

  await truncate(path, 0);
  await appendFile(path, "as long as it was!\n");
  expect(await read(follower)).toBe("<truncated>as long as it was!\n");
});

test("a cleared log is read from its start, and none of its rotations again", async () => {
  // As if all of it were written in one tick of the clock.
  const tick = new Date("2026-01-01T10:00:00Z");
  const path = await newLog("1\n");
  await rotate(path);
  await utimes(`${path}.1`, tick, tick);
  await appendFile(path, "2\n");
  const follower = await follow(path);
  expect(await read(follower)).toBe("2\n");

  for (const line of ["3\n", "4\n", "5\n"]) {
    await appendFile(path, line);
    await utimes(path, tick, tick);
    await clear(path);
    expect(await read(follower)).toBe(`${line}<truncated>`);
  }
  await appendFile(path, "6\n");
  expect(await read(follower)).toBe("6\n");
});

test("a file that is not there yet, nor its folder, is told once and read when it comes", async () => {
  const path = join(await newLog(), "..", "later", "a.log");
  const follower = await follow(path);
  expect(await drain(follower)).toEqual([{ kind: "missing", detail: `There is no ${path} yet.` }]);
  expect(await drain(follower)).toEqual([]);
  expect(follower.position()).toBeNull();

  await mkdir(join(path, ".."));
  await writeFile(path, "hello\n");
  expect(await read(follower)).toBe("hello\n");
});

test("a deleted file is told, and what is made in its place is read from its start", async () => {
  const path = await newLog("1\n");
  const follower = await follow(path);
  await drain(follower);

  await appendFile(path, "2\n");
  await unlink(path);
  expect(await drain(follower)).toMatchObject([
    { kind: "text", text: "2\n" },
    { kind: "missing", detail: `${path} was deleted.` },
  ]);
  await writeFile(path, "3\n");
  expect(await read(follower)).toBe("<truncated>3\n");
});

test("what is no file is told with the reason, and never waited for", async () => {
  const path = await newLog();
  execFileSync("mkfifo", [path]);
  const follower = await follow(path);
  const missing = [{ kind: "missing", detail: `${path} is not a file that can be read back.` }];
  expect(await drain(follower)).toEqual(missing);

  await unlink(path);
  await symlink(path, path);
  expect(await drain(await follow(path))).toMatchObject([{ kind: "missing" }]);
  await unlink(path);
  await writeFile(path, "a file\n");
  expect(await read(follower)).toBe("a file\n");
});

test("another follower goes on where one has ended, through rotation and deletion", async () => {
  const path = await newLog("1\n2\n");
  const first = await follow(path);
  await first.next();
  const position = first.position();
  await first.close();

  await appendFile(path, "3\n");
  expect(await read(await follow(path, handedOver(position)))).toBe("3\n");
  await rotate(path);
  await appendFile(path, "4\n");
  expect(await read(await follow(path, handedOver(position)))).toBe("3\n<rotated>4\n");
  await rotate(path);
  await appendFile(path, "5\n");
  const texts = await drain(await follow(path, handedOver(position)));
  expect(textOf(texts)).toBe("3\n<rotated>4\n<rotated>5\n");
  // As it is for a moment in each rotation.
  await rename(`${path}.2`, `${path}.3`);
  await rename(`${path}.1`, `${path}.2`);
  const between = await drain(await follow(path, handedOver(position)));
  expect(textOf(between)).toBe("3\n<rotated>4\n<rotated>5\n");
  await rename(`${path}.3`, `${path}.4`);
  expect(texts.every((step) => step.kind !== "text" || step.past)).toBe(true);
  await unlink(`${path}.4`);
  expect(await read(await follow(path, handedOver(position)))).toBe("<truncated>5\n");
  await unlink(path);
  const gone = await follow(path, handedOver(position));
  expect(await read(gone)).toBe("<missing>");
  await writeFile(path, "6\n");
  expect(await read(gone)).toBe("<truncated>6\n");
});

test("a file with the id of the one that was read is not taken for it", async () => {
  const path = await newLog("1\n2\n");
  const first = await follow(path);
  await drain(first);
  const position = first.position();
  await first.close();

  await truncate(path, 0);
  await appendFile(path, "3\n4\n5\n");
  expect(await read(await follow(path, handedOver(position)))).toBe("<truncated>3\n4\n5\n");
});

test("who had nothing to read yet misses nothing", async () => {
  const path = await newLog();
  const first = await follow(path);
  await drain(first);
  await writeFile(path, "1\n2\n3\n");

  const none = { lines: 0, maxBytes: MIB };
  expect(await read(await follow(path, none))).toBe("");
  expect(await read(await follow(path, handedOver(first.position())))).toBe("1\n2\n3\n");
});

test("the log's new place is gone on with when the old one is read to its end", async () => {
  const path = await newLog("1\n");
  const follower = await follow(path);
  await drain(follower);
  await appendFile(path, "2\n");
  await writeFile(`${path}.moved`, "3\n");

  follower.moveTo(`${path}.moved`);
  expect(await read(follower)).toBe("2\n<rotated>3\n");
});

test("a reader that is too far behind goes on near the end, and is told how much it missed", async () => {
  const path = await newLog("first\n");
  const follower = await follow(path);
  await drain(follower);
  const line = `${"x".repeat(99)}\n`;
  await appendFile(path, line.repeat(200_000));

  const [skipped, ...texts] = await drain(follower);
  if (skipped?.kind !== "skipped") throw new Error("nothing was skipped");
  expect(skipped.from).toBe(6);
  expect(skipped.bytes).toBe(skipped.to - skipped.from);
  expect(skipped.bytes).toBe((skipped.lines ?? 0) * line.length);
  expect(textOf(texts)).toBe(line.repeat(200_000 - (skipped.lines ?? 0)));
  expect(textOf(texts).length).toBeGreaterThan(MIB / 2 - line.length);
  expect(textOf(texts).length).toBeLessThanOrEqual(MIB / 2);
  for (const step of texts) {
    if (step.kind === "text") expect(step.end - step.offset).toBeLessThanOrEqual(128 * 1024);
  }

  await truncate(path, 10_000 * MIB);
  await appendFile(path, "\nlast\n");
  const [more] = await drain(follower);
  expect(more).toMatchObject({ kind: "skipped", lines: null });
});

test("one endless line of a progress bar begins with a whole frame, within the byte limit", async () => {
  const frame = (at: number) => `\rsteps: ${String(at).padStart(6)} it/s █▌${" ".repeat(40)}`;
  const path = await newLog(Array.from({ length: 100_000 }, (_, at) => frame(at)).join(""));
  const follower = await follow(path, { lines: 500, maxBytes: MIB });

  const steps = await drain(follower);
  const text = textOf(steps);
  expect(text.startsWith("steps: ")).toBe(true);
  expect(text.endsWith(frame(99_999))).toBe(true);
  expect(Buffer.byteLength(text)).toBeGreaterThan(MIB - 200);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MIB);

  await appendFile(path, frame(100_000));
  expect(await read(follower)).toBe(frame(100_000));
});

test("a follower holds one file, and none when it is closed", async () => {
  const path = await newLog("1\n");
  const held = () => openFiles().filter((file) => file.startsWith(path));
  const follower = await followLog(path, ALL);
  for (let times = 0; times < 10; times += 1) {
    await rotate(path, 3);
    await appendFile(path, `${times}\n`);
    await drain(follower);
    const next = await followLog(path, handedOver(follower.position()));
    await next.close();
    expect(held()).toEqual([path]);
  }
  await unlink(path);
  await drain(follower);
  expect(held()).toEqual([]);
  await follower.close();
});

/** Numbers that are the same in each run. */
function randomOf(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

test.each([
  1, 2, 3, 4, 5, 6,
])("each numbered line comes once and in order through rotations and reconnects (%i)", async (seed) => {
  const random = randomOf(seed);
  const path = await newLog("");
  let follower = await followLog(path, ALL);
  let written = 0;
  let text = "";
  let unread = 0;

  const take = (step: LogStep | null) => {
    if (step?.kind === "text") text += step.text;
    else if (step) expect(step.kind).toBe("rotated");
    if (step === null) unread = 0;
  };
  for (let turn = 0; turn < 600; turn += 1) {
    const what = random(10);
    if (what < 5) {
      const lines = Array.from({ length: random(60) }, () => `${written++} ä€😀\n`).join("");
      const bytes = Buffer.from(lines);
      const cut = random(bytes.length + 1);
      await appendFile(path, bytes.subarray(0, cut));
      if (random(2) === 0) take(await follower.next());
      await appendFile(path, bytes.subarray(cut));
    } else if (what < 7) {
      // What would be dropped has to be read before.
      if (unread === 4) for (const step of [...(await drain(follower)), null]) take(step);
      await rotate(path);
      unread += 1;
    } else if (what < 9) {
      take(await follower.next());
    } else {
      const position = follower.position();
      await follower.close();
      follower = await followLog(path, handedOver(position));
    }
  }
  for (const step of await drain(follower)) take(step);
  await follower.close();

  expect(written).toBeGreaterThan(1000);
  expect(text.split("\n")).toEqual([
    ...Array.from({ length: written }, (_, number) => `${number} ä€😀`),
    "",
  ]);
});

test("a file that cannot be read is not left open", async () => {
  // Of one's own memory nothing can be read at 0. Held open, so that it keeps its id.
  const path = "/proc/self/mem";
  const memory = await open(path);
  onTestFinished(() => memory.close());
  const file = fileIdOf(await memory.stat({ bigint: true }));
  const before = openFiles().filter((name) => name.endsWith("/mem"));

  const position = { file, offset: 64, hash: "00000000" };
  await expect(followLog(path, { position })).rejects.toMatchObject({ code: "EIO" });
  expect(openFiles().filter((name) => name.endsWith("/mem"))).toEqual(before);
});

test("a folder full of rotations costs no more than a thousand looks", async () => {
  const path = await newLog("1\n");
  for (let number = 1; number <= 1010; number += 1) await link(path, `${path}.${number}`);

  const numbers = [];
  for await (const { number } of rotationsOf(path)) numbers.push(number);
  expect(numbers).toEqual(Array.from({ length: 1001 }, (_, number) => number));
});
