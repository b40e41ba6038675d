import { expect, test } from "vitest";
import { countOf, formatDuration, formatMoment, formatSize } from "./format";

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [34_860, "9 h 41 min"],
  [7200, "2 h"],
  [90_000, "1 d 1 h"],
])("%i seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [48_000, "48 KB"],
  [4_812_345, "4.8 MB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test("a moment of another day has its date in front", () => {
  const now = new Date(2026, 1, 11, 14, 8, 21);
  expect(formatMoment(new Date(2026, 1, 11, 9, 5, 3), now)).toBe("09:05:03");
  expect(formatMoment(new Date(2026, 1, 10, 9, 5, 3), now)).toBe("10 Feb, 09:05:03");
});

test("one is not plural", () => {
  expect([countOf(1, "service"), countOf(5, "service")]).toEqual(["1 service", "5 services"]);
});
