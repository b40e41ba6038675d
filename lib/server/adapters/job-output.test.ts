import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { waitFor } from "../testing/wait-for";
import { createJobOutput, tailOutput } from "./job-output";

let folder: string;
let path: string;
const redact = (line: string) => line.replaceAll("s3cret", "•••");
const open = (maxBytes = 1e6) => createJobOutput(path, { redact, maxBytes });
const text = () => readFileSync(path, "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "job-output-"));
  path = join(folder, "output.log");
});

afterEach(() => rmSync(folder, { recursive: true }));

test("what is written is in the file at once, without secrets, for this user only", () => {
  const output = open();
  output.write("one s3c");
  output.write("ret\ntwo\nthree");
  expect(text()).toBe("one •••\ntwo\n");
  expect(output.size()).toBe(Buffer.byteLength(text()));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  output.close();
  expect(text()).toBe("one •••\ntwo\nthree");
  expect(output.fault()).toBeNull();
});

test("an unfinished line comes word by word, and then whole, when nothing more does", async () => {
  const output = open();
  output.write("Cloning into repo");
  expect(text()).toBe("");
  await waitFor(() => text() === "Cloning into ");
  const began = performance.now();
  await waitFor(() => text() === "Cloning into repo");
  expect(performance.now() - began).toBeLessThan(1300);
  output.close();
});

test("a second output goes on below the first", () => {
  for (const line of ["one\n", "two\n"]) {
    const output = open();
    output.write(line);
    output.close();
    output.close();
    output.write("too late\n");
  }
  expect(text()).toBe("one\ntwo\n");
});

test("a file that is full says so, and the end is still known", () => {
  const output = open(1024 * 1024);
  for (let line = 0; line < 40_000; line++) output.write(`line ${line} ${"x".repeat(30)}\n`);
  output.write("the end\n");
  const file = text();
  expect(file.length).toBeGreaterThan(1_000_000);
  expect(file.length).toBeLessThan(1_050_000);
  expect(file).toMatch(/x\n\n\[The rest is left out: this file ends at 1 MB\.\]\n$/);
  expect(output.size()).toBe(file.length);
  expect(output.lastLine()).toBe("the end");
  expect(output.tail()).toHaveLength(64 * 1024);
  output.close();
  const again = open(1024 * 1024);
  again.write("more\n");
  again.close();
  expect(text()).toBe(file);
});

test.each([
  ["", ""],
  ["one\ntwo\n\n", "two"],
  ["one\n10%\r50%\r", "50%"],
  ["one\r\ntwo\r\n", "two"],
  ["\u001b[31mred\u001b[0m\n", "red"],
  ["\r 10%|█ |\r 20%|██ | 2/10 \u001b[A\n", "20%|██ | 2/10"],
])("the last line of %j is %j", (written, last) => {
  const output = open();
  output.write(written);
  expect(output.lastLine()).toBe(output.tail() === "" ? "" : last);
  output.close();
  expect(output.lastLine()).toBe(last);
});

describe("a file that cannot be written", () => {
  test("is a fault that is known, not thrown, and the end is still known", () => {
    mkdirSync(path);
    const output = open();
    output.write("one\ntwo\n");
    expect(output.fault()).toBe(`${path} is a folder, not a file.`);
    expect(output.lastLine()).toBe("two");
    expect(output.size()).toBe(0);
    output.close();
  });
});

describe("tailOutput", () => {
  test("gives the last lines as they were written", async () => {
    writeFileSync(path, "one\ntwo\r\n10%\r20%\r\u001b[1mdone\u001b[0m\n");
    expect(await tailOutput(path, { lines: 2 })).toEqual({
      lines: ["two\r", "10%\r20%\r\u001b[1mdone\u001b[0m"],
      lastLine: "done",
      size: statSync(path).size,
    });
    expect((await tailOutput(path, { lines: 9, maxBytes: 12 })).lines.join("")).toHaveLength(11);
  });

  test("gives nothing where there is nothing", async () => {
    const nothing = { lines: [], lastLine: "", size: 0 };
    expect(await tailOutput(path, { lines: 9 })).toEqual(nothing);
    writeFileSync(path, "");
    expect(await tailOutput(path, { lines: 9 })).toEqual(nothing);
  });
});
