import { expect, test } from "vitest";
import { formatTook, formatWhen } from "./times";

test.each([
  [-1, "0 s"],
  [0.42, "0.4 s"],
  [1, "1 s"],
  [9.96, "10 s"],
  [59.6, "1 min"],
  [72, "1 min 12 s"],
  [7500, "2 h 5 min"],
])("%d seconds took %s", (seconds, expected) => {
  expect(formatTook(seconds)).toBe(expected);
});

test.each([
  ["2026-02-11T08:09:00", "today 08:09"],
  ["2026-02-10T23:59:00", "yesterday 23:59"],
  ["2026-02-07T22:15:00", "7 Feb 22:15"],
  ["2025-12-31T22:15:00", "31 Dec 2025 22:15"],
])("%s is %s", (date, expected) => {
  expect(formatWhen(new Date(date), new Date("2026-02-11T14:00:00"))).toBe(expected);
});
