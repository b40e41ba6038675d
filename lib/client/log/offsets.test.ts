import { describe, expect, it } from "vitest";
import { offsetsIn, stretchBetween } from "./offsets";
import { bytes } from "./testing";

const TEXT = "aé漢🦊b\n";
const STRETCH = { text: TEXT, offset: 100, end: 100 + bytes(TEXT) };

describe("offsetsIn", () => {
  it("counts UTF-8 bytes", () => {
    const offsetAt = offsetsIn(STRETCH);
    expect([0, 1, 2, 3, 5, 6, 7].map(offsetAt)).toEqual([100, 101, 103, 106, 110, 111, 112]);
  });

  it("takes one byte for each character that could not be read", () => {
    const offsetAt = offsetsIn({ text: "a\ufffd\ufffdb", offset: 5, end: 9 });
    expect([1, 2, 3, 4].map(offsetAt)).toEqual([6, 7, 8, 9]);
  });

  it("stays within the text where bytes were no UTF-8", () => {
    const offsetAt = offsetsIn({ text: "é\ufffd\ufffd\ufffdb", offset: 0, end: 6 });
    expect(offsetAt(5)).toBe(6);
  });
});

describe("stretchBetween", () => {
  it.each([
    [0, 1000, TEXT, 100],
    [101, 106, "é漢", 101],
    [110, 1000, "b\n", 110],
    [0, 50, "", 100],
  ])("from byte %i to %i is %j", (from, to, text, offset) => {
    expect(stretchBetween(STRETCH, from, to)).toEqual({ text, offset, end: offset + bytes(text) });
  });
});
