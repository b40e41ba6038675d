import { expect, test } from "vitest";
import type { Day, Span } from "./day";
import { hourMarks, stretchPath, tickPath } from "./day-lines";

const HOUR_MS = 3_600_000;

function aDay(from: number, spans: Span[] = []): Day {
  return { from, to: from + 24 * HOUR_MS, spans, crashes: [], failedStarts: [], starts: [] };
}

/** A span from one hour of the day to another. */
function span(kind: Span["kind"], from: number, to: number): Span {
  return { kind, from: from * HOUR_MS, to: to * HOUR_MS };
}

test("only the stretches of a kind are drawn, each at its place", () => {
  const day = aDay(0, [span("up", 0, 6), span("down", 6, 12), span("up", 12, 24)]);
  expect(stretchPath(day, "up", 11)).toBe("M0 11H25M50 11H100");
  expect(stretchPath(day, "down", 11)).toBe("M25 11H50");
  expect(stretchPath(day, "off", 11)).toBe("");
});

test("a short stretch is seen, and those that cannot be told apart are one line", () => {
  const minute = 1 / 60;
  const day = aDay(0, [
    span("up", 12, 12 + minute),
    span("down", 12 + minute, 12 + 1.2 * minute),
    span("up", 12 + 1.2 * minute, 12 + 2 * minute),
    span("down", 12 + 2 * minute, 18),
    span("up", 18, 18 + minute / 60),
  ]);
  expect(stretchPath(day, "up", 11)).toBe("M50 11H50.2M75 11H75.2");
});

test("however often a service crashes, its line stays small", () => {
  const moments = Array.from({ length: 20_000 }, (_, index) => (index * 24 * HOUR_MS) / 20_000);
  const spans = moments.flatMap((from): Span[] => [
    { kind: "up", from, to: from + 3000 },
    { kind: "down", from: from + 3000, to: from + 4320 },
  ]);
  const day = aDay(0, spans);
  expect(tickPath(day, moments, 2, 20).length).toBeLessThan(16_000);
  expect(stretchPath(day, "up", 11).length).toBeLessThan(16_000);
});

test("a tick stands at its moment", () => {
  expect(tickPath(aDay(0), [6 * HOUR_MS, 24 * HOUR_MS], 2, 20)).toBe("M25 2V20M100 2V20");
});

test("every third hour of the reader's clock has its mark, but for the room that the ends take", () => {
  const marks = hourMarks(aDay(new Date(2026, 1, 10, 14, 9).getTime()));
  expect(marks.map(({ text }) => text)).toEqual([
    "18:00",
    "21:00",
    "00:00",
    "03:00",
    "06:00",
    "09:00",
    "12:00",
  ]);
  expect(marks.filter(({ isCoarse }) => isCoarse).map(({ text }) => text)).toEqual([
    "18:00",
    "00:00",
    "06:00",
  ]);
  expect(marks[0]?.percent).toBeCloseTo((100 * 231) / 1440);
});
