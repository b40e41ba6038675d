import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFiles } from "../testing/open-files";
import { createAuditLog } from "./audit-log";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-log-"));
  path = join(folder, "config", "controlpilot-audit.jsonl");
});

afterEach(() => rmSync(folder, { recursive: true }));

async function readAll(log = createAuditLog(path)): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of log.readBackwards()) lines.push(line);
  return lines;
}

/** Four lines of five bytes fill a file. */
const small = () => createAuditLog(path, { maxBytes: 20, older: 3 });
const lineOf = (number: number) => `n${String(number).padStart(3, "0")}\n`;

async function fill(from: number, to: number): Promise<void> {
  const log = small();
  for (let number = from; number <= to; number++) await log.append(lineOf(number));
}

const numbersIn = (name: string) =>
  readFileSync(join(folder, "config", name), "utf8").match(/\d+/g);

describe("append", () => {
  test("makes the file and its folder, for this user only, and adds lines at the end", async () => {
    const log = createAuditLog(path);
    expect(await readAll(log)).toEqual([]);
    await log.append("one\n");
    await log.append("two\nthree\n");
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\nthree\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await readAll(log)).toEqual(["three", "two", "one"]);
  });

  test("goes on below a line that was torn", async () => {
    await createAuditLog(path).append("one\n");
    appendFileSync(path, '{"id":"x","ti');
    await createAuditLog(path).append("two\n");
    expect(readFileSync(path, "utf8")).toBe('one\n{"id":"x","ti\ntwo\n');
  });

  test("says what is in the way, and names the file", async () => {
    writeFileSync(join(folder, "config"), "");
    await expect(createAuditLog(path).append("one\n")).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(path),
    });
    rmSync(join(folder, "config"));
    mkdirSync(path, { recursive: true });
    await expect(createAuditLog(path).append("one\n")).rejects.toMatchObject({
      message: `${path} is a folder, not a file. The file is as it was.`,
    });
  });
});

describe("set aside", () => {
  test("a full file makes room, the oldest is dropped, and all are read, newest first", async () => {
    await fill(1, 22);
    expect(readdirSync(dirname(path)).sort()).toEqual(
      ["", ".1", ".2", ".3"].map((end) => `controlpilot-audit.jsonl${end}`),
    );
    expect(numbersIn("controlpilot-audit.jsonl")).toEqual(["021", "022"]);
    expect(numbersIn("controlpilot-audit.jsonl.1")).toEqual(["017", "018", "019", "020"]);
    expect(numbersIn("controlpilot-audit.jsonl.3")).toEqual(["009", "010", "011", "012"]);
    const numbers = (await readAll()).map((line) => Number(line.slice(1)));
    expect(numbers).toEqual(Array.from({ length: 14 }, (_, index) => 22 - index));
  });

  test("lines that are longer than a file go into one of their own", async () => {
    const log = small();
    await log.append("first\n");
    await log.append(`${"x".repeat(50)}\n`);
    await log.append("last\n");
    expect(await readAll()).toEqual(["last", "x".repeat(50), "first"]);
  });

  test.each([1, 2])("a kill that left number %i free costs no other file", async (hole) => {
    await fill(1, 15);
    const before = await readAll();
    // As if killed after one file had its next name, and the one before it had not.
    rmSync(`${path}.3`);
    for (let place = 2; place >= hole; place--)
      renameSync(`${path}.${place}`, `${path}.${place + 1}`);
    const left = await readAll();
    expect(left).toEqual(before.slice(0, 11));
    await fill(16, 17);
    expect(existsSync(`${path}.${hole}`)).toBe(true);
    expect(await readAll()).toEqual(["n017", "n016", ...left]);
  });

  test("a reader whose file is set aside meanwhile misses nothing and reads nothing twice", async () => {
    await fill(1, 10);
    const reading = small().readBackwards();
    const lines = [(await reading.next()).value];
    await fill(11, 14);
    for await (const line of reading) lines.push(line);
    expect(lines).toEqual(Array.from({ length: 10 }, (_, index) => lineOf(10 - index).trim()));
  });
});

describe("read", () => {
  test("lets go of its files, also where it is ended early or one cannot be opened", async () => {
    await fill(1, 14);
    const isOurs = (file: string) => file.startsWith(folder);
    for await (const line of small().readBackwards()) {
      expect(line).toBe("n014");
      break;
    }
    expect(openFiles().filter(isOurs)).toEqual([]);
    rmSync(`${path}.2`);
    mkdirSync(`${path}.2`);
    await expect(readAll()).rejects.toThrow();
    expect(openFiles().filter(isOurs)).toEqual([]);
  });
});
