import { describe, expect, it } from "vitest";
import { LogBook } from "./book";
import { hitsIn, patternOf } from "./find";
import { linesOf, writer } from "./testing";
import type { Block } from "./types";

function blocksOf(text: string): readonly Block[] {
  const book = new LogBook();
  book.text(writer().write(text));
  return book.view().blocks;
}

function find(text: string, wish: string, options = { matchesCase: false, isRegex: false }) {
  const [block] = blocksOf(text);
  const pattern = patternOf(wish, options);
  if (!block || !pattern || pattern === "invalid") throw new Error("nothing to find in");
  const ids = block.entries.map(({ id }) => id);
  return hitsIn(block, pattern).map(({ id, start, end }) => [ids.indexOf(id), start, end]);
}

describe("hitsIn", () => {
  it.each([
    [
      "aXa\nxx\n",
      "x",
      [
        [0, 1, 2],
        [1, 0, 1],
        [1, 1, 2],
      ],
    ],
    ["a.c abc\n", "a.c", [[0, 0, 3]]],
    ["$1 [x] (y) \\z a/b-c\n", "] (y) \\z a/b-c", [[0, 5, 19]]],
    ["\x1b[31mre\x1b[32md\x1b[0m\n", "red", [[0, 0, 3]]],
    ["🦊 Straße\n", "STRASSE", []],
    ["🦊 漢字\n", "漢", [[0, 3, 4]]],
  ])("%j has %j at %j", (text, wish, expected) => {
    expect(find(text, wish)).toEqual(expected);
  });

  it("minds the case on request", () => {
    const options = { matchesCase: true, isRegex: false };
    expect(find("Error error\n", "error", options)).toEqual([[0, 6, 11]]);
  });

  it.each([
    [
      "id 12, id 345\n",
      String.raw`\bid \d+`,
      [
        [0, 0, 5],
        [0, 7, 13],
      ],
    ],
    ["abc\n", "b|x*", [[0, 1, 2]]],
    ["abc\n", "^", []],
    ["10.0.0.1 up\n", String.raw`(\d{1,3}\.){3}\d+`, [[0, 0, 8]]],
  ])("in %j the expression %j is at %j", (text, wish, expected) => {
    expect(find(text, wish, { matchesCase: true, isRegex: true })).toEqual(expected);
  });

  it("keeps to the start of a very long line, and to some hits in it", () => {
    expect(find(`${"-".repeat(3990)}needle\n${"-".repeat(4000)}needle\n`, "needle")).toEqual([
      [0, 3990, 3996],
    ]);
    expect(find("e".repeat(3000), "e").length).toBe(200);
  });
});

describe("patternOf", () => {
  const regex = { matchesCase: false, isRegex: true };

  it("is null for nothing, and invalid for what is no expression", () => {
    expect(patternOf("", regex)).toBeNull();
    expect(patternOf("a(", regex)).toBe("invalid");
    expect(patternOf("a(", { matchesCase: false, isRegex: false })).toBeInstanceOf(RegExp);
  });

  it.each([
    "(a+)+$",
    "(a*)*b",
    "(.*)+x",
    "(a|aa)+$",
    "(?:a|b)*c",
    "((a+)b?)*c",
    "(a?){30}a{30}",
    "([a-z]+)*\\d",
    "(a+){9}",
    "(.)\\1",
    "(?<x>a)\\k<x>",
    "(?=(a+)+b)",
    ".*.*.*.*.*.*.*.*.*x",
  ])("refuses %j, which may take for ever", (text) => {
    expect(patternOf(text, regex)).toBe("invalid");
  });

  it.each([
    "error|warn",
    "(error|warn): .*",
    "a+b+",
    "[(+*]+",
    "\\(a+\\)+",
    "(abc)+",
    "(\\d{4}-)?\\d\\d",
    "(?:foo|bar)?baz",
    "\\p{L}+",
    "(?<=a)b+",
    "x{3,}",
  ])("takes %j", (text) => {
    expect(patternOf(text, regex)).toBeInstanceOf(RegExp);
  });

  it.each([
    "a.*b.*c.*d.*e",
    ".*.*.*.*.*x",
    "\\s+$",
    "x*y*z*!",
  ])("is done soon with %j in the longest lines", (text) => {
    const line = `${"a".repeat(8000)}${" ".repeat(8000)}b`;
    const [block] = blocksOf(`${line}\n`);
    const pattern = patternOf(text, regex);
    if (!block || !(pattern instanceof RegExp)) throw new Error("no pattern");
    expect(hitsIn(block, pattern).length).toBeLessThan(2);
  });
});

it("finds nothing in marks", () => {
  const book = new LogBook();
  book.mark({
    kind: "missing",
    service: "comfy",
    stream: "out",
    at: new Date(0).toISOString(),
    detail: "missing",
  });
  const view = book.view();
  expect(linesOf(view)).toEqual([]);
  expect(hitsIn(view.blocks[0] ?? { key: 0, entries: [] }, /missing/gu)).toEqual([]);
});
