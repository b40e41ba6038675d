import { expect, test } from "vitest";
import type { Day, Span } from "./day";
import { dayWords } from "./day-words";

const FROM = new Date(2026, 1, 10, 14, 0).getTime();
const HOUR_MS = 3_600_000;

/** Spans one after the other: `["up", 3]` is three hours up. */
function aDay(spans: [Span["kind"], number][], facts: Partial<Day> = {}): Day {
  const day: Day = { from: FROM, to: FROM, spans: [], crashes: [], failedStarts: [], starts: [] };
  for (const [kind, hours] of spans) {
    const from = day.to;
    day.to += hours * HOUR_MS;
    day.spans.push({ kind, from, to: day.to });
  }
  return { ...day, ...facts };
}

const up = aDay([["up", 24]]);

test.each<[string, Day]>([
  ["Up all the time.", up],
  ["Not up.", aDay([["down", 24]])],
  ["Nothing is known of the last 24 hours.", aDay([["unknown", 24]])],
  [
    "Up 12 h 15 min. Crashed twice.",
    aDay(
      [
        ["up", 10],
        ["down", 11.75],
        ["up", 2.25],
      ],
      { crashes: [1, 2] },
    ),
  ],
  ["Up all the time. Crashed once.", { ...up, crashes: [1] }],
  [
    "Not up. Crashed 3 times. Could not be started.",
    aDay([["down", 24]], { crashes: [1, 2, 3], failedStarts: [4] }),
  ],
  ["Not up. Could not be started, 4 times.", aDay([["down", 24]], { failedStarts: [1, 2, 3, 4] })],
  [
    "Up 16 h. supervisord was off from 23:00 to 07:00.",
    aDay([
      ["up", 9],
      ["off", 8],
      ["up", 7],
    ]),
  ],
  [
    "Up 7 h. supervisord was off before 07:00.",
    aDay([
      ["off", 17],
      ["up", 7],
    ]),
  ],
  [
    "Up 23 h. supervisord was restarted at 15:00.",
    aDay([
      ["up", 0.995],
      ["off", 0.005],
      ["up", 22.005],
      ["down", 0.995],
    ]),
  ],
  [
    "Up 18 h. supervisord was off twice, 6 h.",
    aDay([
      ["up", 9],
      ["off", 4],
      ["up", 4],
      ["off", 2],
      ["up", 5],
    ]),
  ],
  [
    "Up 3 h. Nothing is known before 11:00.",
    aDay([
      ["unknown", 21],
      ["up", 3],
    ]),
  ],
  [
    "Up 20 h. Nothing is known from 18:00 to 20:00.",
    aDay([
      ["up", 4],
      ["unknown", 2],
      ["down", 2],
      ["up", 16],
    ]),
  ],
  [
    "Up 20 h. Nothing is known of 4 h.",
    aDay([
      ["unknown", 3],
      ["up", 4],
      ["unknown", 1],
      ["up", 16],
    ]),
  ],
])("%s", (words, day) => {
  expect(dayWords(day)).toBe(words);
});
