import { describe, expect, it } from "vitest";
import { advance, EMPTY_VIEW } from "@/lib/client/terminal/view";
import { hitsIn, nearestHit, patternOf } from "./find";

function find(log: string, text: string, matchesCase = false) {
  const [block] = advance(EMPTY_VIEW, { log, offset: 0 }, 200).blocks;
  const pattern = patternOf(text, matchesCase);
  if (!block || !pattern) throw new Error("nothing to find in");
  return hitsIn(block, pattern).map(({ line, start, end }) => [line - block.first, start, end]);
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
  ])("%j has %j at %j", (log, text, expected) => {
    expect(find(log, text)).toEqual(expected);
  });

  it("minds the case on request", () => {
    expect(find("Error error\n", "error", true)).toEqual([[0, 6, 11]]);
  });
});

describe("nearestHit", () => {
  const hits = [3, 5, 9].map((line) => ({ line, start: 2, end: 3 }));
  it.each([
    [0, 0, 0],
    [3, 2, 0],
    [3, 3, 1],
    [6, 0, 2],
    [10, 0, 2],
  ])("from line %i, %i it is %i", (line, start, expected) => {
    expect(nearestHit(hits, line, start)).toBe(expected);
  });
});
