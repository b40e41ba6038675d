import { describe, expect, it } from "vitest";
import { continuationOf } from "./continuation";
import { advance, EMPTY_VIEW, type LogView } from "./view";

const KEEP = 200;

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `línea ${from + i}\n`).join("");
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The last `count` of `total` numbered lines, as the server answers them. */
function tail(total: number, count: number): { log: string; offset: number } {
  const from = Math.max(0, total - count);
  return { log: numbered(from, total), offset: bytes(numbered(0, from)) };
}

function textsOf(view: LogView): string[] {
  return view.blocks.flatMap((block) => block.lines.map((line) => line.text));
}

function idOf(view: LogView, text: string): number {
  const block = view.blocks.find((candidate) => candidate.lines.some((line) => line.text === text));
  if (!block) throw new Error(`no line ${text}`);
  return block.first + block.lines.findIndex((line) => line.text === text);
}

describe("continuationOf", () => {
  it.each([
    ["the same", { log: "é1\n", offset: 5 }, { before: "", after: "" }],
    ["more behind", { log: "é1\n2\n", offset: 5 }, { before: "", after: "2\n" }],
    ["less in front", { log: "1\n2\n", offset: 7 }, { before: "", after: "2\n" }],
    ["more in front", { log: "0\né1\n2\n", offset: 3 }, { before: "0\n", after: "2\n" }],
    ["a half character", { log: "é1\n2\ufffd", offset: 5 }, { before: "", after: "2" }],
    ["other text", { log: "x1\n", offset: 5 }, null],
    ["a gap", { log: "9\n", offset: 50 }, null],
    ["an emptied file", { log: "", offset: 0 }, null],
    ["an offset inside a character", { log: "1\n", offset: 6 }, null],
  ])("tells %s", (_, later, expected) => {
    expect(continuationOf({ log: "é1\n", offset: 5 }, later)).toEqual(expected);
  });
});

describe("advance", () => {
  it("adds what is new and keeps the lines and blocks before it", () => {
    const before = advance(EMPTY_VIEW, tail(150, KEEP), KEEP);
    const after = advance(before, tail(152, KEEP), KEEP);
    expect(textsOf(after)).toEqual(numbered(0, 152).trimEnd().split("\n"));
    expect(after.blocks[0]).toBe(before.blocks[0]);
    expect(after.blocks[1]?.lines[0]).toBe(before.blocks[1]?.lines[0]);
    expect(after.received - before.received).toBe(2);
  });

  it("gives the same as reading all at once, whatever the answers were", () => {
    let view = advance(EMPTY_VIEW, tail(10, 20), KEEP);
    for (let total = 11; total < 150; total += 7) view = advance(view, tail(total, 20), KEEP);
    expect(textsOf(view)).toEqual(numbered(0, 144).trimEnd().split("\n"));
  });

  it("throws away whole blocks in front once they are too many", () => {
    let view = advance(EMPTY_VIEW, tail(200, KEEP), KEEP);
    for (let total = 250; total <= 1000; total += 50) view = advance(view, tail(total, KEEP), KEEP);
    expect(textsOf(view).at(-1)).toBe("línea 999");
    expect(textsOf(view).length).toBeLessThan(KEEP + 102);
    expect(textsOf(view).length).toBeGreaterThanOrEqual(KEEP - 1);
    expect(view.blocks[0]?.first).toBe(idOf(view, textsOf(view)[0] ?? ""));
  });

  it("keeps lines and their numbers when older ones come in front", () => {
    const before = advance(EMPTY_VIEW, tail(5000, 200), 200);
    const after = advance(before, tail(5003, 1000), 1000);
    expect(textsOf(after)).toEqual(numbered(4003, 5003).trimEnd().split("\n"));
    expect(idOf(after, "línea 4900")).toBe(idOf(before, "línea 4900"));
    expect(after.received - before.received).toBe(3);
    const line = (view: LogView) =>
      view.blocks.flatMap((block) => block.lines).find((each) => each.text === "línea 4900");
    expect(line(after)).toBe(line(before));
  });

  it("begins anew under new numbers after a rotation", () => {
    const before = advance(EMPTY_VIEW, tail(300, KEEP), KEEP);
    const after = advance(before, { log: "fresh\nstart\n", offset: 0 }, KEEP);
    expect(textsOf(after)).toEqual(["fresh", "start"]);
    expect(after.blocks[0]?.first).toBeGreaterThan(idOf(before, "línea 299"));
    expect(after.received - before.received).toBe(2);
    expect(after.breaks - before.breaks).toBe(1);
  });

  it("is empty after the log was emptied", () => {
    const before = advance(EMPTY_VIEW, tail(300, KEEP), KEEP);
    expect(advance(before, { log: "", offset: 0 }, KEEP).blocks).toEqual([]);
  });

  it("lets a progress bar go on in its line", () => {
    const before = advance(EMPTY_VIEW, { log: "start\n 10%", offset: 0 }, KEEP);
    const after = advance(before, { log: "start\n 10%\r 20%\r 30%", offset: 0 }, KEEP);
    expect(textsOf(after)).toEqual(["start", " 30%"]);
    expect(after.blocks[0]?.lines[0]).toBe(before.blocks[0]?.lines[0]);
    expect(textsOf(before)).toEqual(["start", " 10%"]);
  });
});
