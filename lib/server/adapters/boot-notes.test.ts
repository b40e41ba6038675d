import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBootNotes } from "./boot-notes";

let runDir: string;
let path: string;

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), "boot-notes-"));
  path = join(runDir, "boot-problems");
});
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

const read = () => createBootNotes(runDir).read();

test("no file, no folder and a folder in its place all mean no problems", async () => {
  expect(await read()).toEqual([]);
  mkdirSync(path);
  expect(await read()).toEqual([]);
  rmSync(runDir, { recursive: true });
  expect(await read()).toEqual([]);
});

test("what one program adds another one reads, in the order in which it happened", async () => {
  rmSync(runDir, { recursive: true });
  await createBootNotes(runDir).add("The first.");
  appendFileSync(path, "The second, from a shell.\n");
  await createBootNotes(runDir).add("The\nthird.");
  expect(await read()).toEqual(["The first.", "The second, from a shell.", "The third."]);
});

test("the same is told once, and nothing that a terminal would obey or that is secret", async () => {
  writeFileSync(path, "Full.\n\n  \nFull.\n\u001b[2Jcleared\r\nHF_TOKEN=hf_abcdefghijklmnopqrst\n");
  expect(await read()).toEqual(["Full.", "[2Jcleared", "HF_TOKEN=•••"]);
});

test("of many the first fifty are told", async () => {
  const lines = Array.from({ length: 60 }, (_, index) => `Problem ${index + 1}.`);
  writeFileSync(path, lines.join("\n"));
  expect(await read()).toEqual(lines.slice(0, 50));
});

test("of more than 20 KB no half sentence is told", async () => {
  const line = (letter: string) => letter.repeat(9000);
  writeFileSync(path, [line("a"), line("b"), line("c"), "d"].join("\n"));
  expect(await read()).toEqual([line("a"), line("b")]);
});

test("the file is read again only when it has changed", async () => {
  const notes = createBootNotes(runDir);
  const past = new Date("2026-01-01T00:00:00Z");
  writeFileSync(path, "One.\n");
  utimesSync(path, past, past);
  expect(await notes.read()).toEqual(["One."]);

  writeFileSync(path, "Two.\n");
  utimesSync(path, past, past);
  expect(await notes.read()).toEqual(["One."]);

  appendFileSync(path, "Three.\n");
  expect(await notes.read()).toEqual(["Two.", "Three."]);
});
