import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "@/lib/contract/history";
import { dayOf } from "./day";

const HOUR_MS = 3_600_000;
const TO = Date.parse("2026-02-11T14:00:00.000Z");
const FROM = TO - 24 * HOUR_MS;

type Now = Parameters<typeof dayOf>[1];

/** An event so many hours before now. */
function ago(
  hours: number,
  kind: HistoryEvent["kind"],
  facts: Partial<HistoryEvent> = {},
): HistoryEvent {
  return {
    at: momentAgo(hours),
    kind,
    pid: null,
    exit_status: null,
    exit_signal: null,
    expected: null,
    lasted_seconds: null,
    text: kind,
    ...facts,
  };
}

function momentAgo(hours: number) {
  return new Date(TO - hours * HOUR_MS).toISOString();
}

const running = { running: true, started_at: momentAgo(30), stopped_at: null };
const stopped = { running: false, started_at: momentAgo(30), stopped_at: momentAgo(30) };
const never = { running: false, started_at: null, stopped_at: null };
const upSince = (hours: number) => ({ ...running, started_at: momentAgo(hours) });
const downSince = (hours: number) => ({ ...stopped, stopped_at: momentAgo(hours) });
const crash = { exit_status: 1, expected: false };

/** As "up 24-10 down 10-0": hours before now. */
function spansOf(events: HistoryEvent[], now: Now, complete = false) {
  const { spans } = dayOf({ events, complete }, now, TO);
  expect(spans[0]?.from).toBe(FROM);
  expect(spans.at(-1)?.to).toBe(TO);
  spans.forEach((span, index) => {
    if (index > 0) expect(span.from).toBe(spans[index - 1]?.to);
  });
  const hours = (time: number) => Number(((TO - time) / HOUR_MS).toFixed(4));
  return spans.map(({ kind, from, to }) => `${kind} ${hours(from)}-${hours(to)}`).join(" ");
}

describe("while nothing happened in the window", () => {
  test.each([
    ["runs since before it", running, false, "up 24-0"],
    ["runs, and the log tells of nothing", running, true, "up 24-0"],
    [
      "was started within it, and the log tells of nothing",
      upSince(3),
      true,
      "unknown 24-3 up 3-0",
    ],
    ["is stopped since before it", stopped, false, "down 24-0"],
    [
      "was stopped within it, and the log tells of nothing",
      downSince(3),
      true,
      "unknown 24-3 down 3-0",
    ],
    ["was never started, and the log reaches further back", never, false, "down 24-0"],
    ["was never started, and the log tells of nothing", never, true, "unknown 24-0"],
  ])("a service that %s", (_case, now, complete, spans) => {
    expect(spansOf([], now, complete)).toBe(spans);
  });
});

const cases: [string, HistoryEvent[], Now, string][] = [
  [
    "that is started and counts as up is up from its start",
    [ago(10, "spawned"), ago(9.99, "running")],
    upSince(10),
    "down 24-10 up 10-0",
  ],
  [
    "that is starting now is not up yet",
    [ago(10, "stopped", { lasted_seconds: 90 * 3600 }), ago(0.001, "spawned")],
    downSince(10),
    "up 24-10 down 10-0",
  ],
  [
    "that ended, and was started before the window, is up from the window's edge",
    [ago(6, "exited", { ...crash, lasted_seconds: 20 * 3600 })],
    downSince(6),
    "up 24-6 down 6-0",
  ],
  [
    "that ended, nobody knows after how long, was up since before the window",
    [ago(6, "exited", crash)],
    downSince(6),
    "up 24-6 down 6-0",
  ],
  [
    "whose start is cut off, but which lasted a known while, is up from then",
    [ago(6, "stopped", { lasted_seconds: 2 * 3600 })],
    downSince(6),
    "down 24-8 up 8-6 down 6-0",
  ],
  [
    "with events from before the window is cut at its edge",
    [
      ago(30, "spawned"),
      ago(29.99, "running"),
      ago(26, "stopped"),
      ago(25, "spawned"),
      ago(24.9, "running"),
      ago(20, "stopped"),
    ],
    downSince(20),
    "up 24-20 down 20-0",
  ],
  [
    "that ends before it counts as up was never up",
    [
      ago(3, "spawned"),
      ago(2.99, "exited", crash),
      ago(2.9, "spawned"),
      ago(2.89, "exited", crash),
      ago(2.89, "gave_up"),
    ],
    downSince(2.89),
    "down 24-0",
  ],
  [
    "is off while supervisord is, whatever ends while that goes",
    [
      ago(20, "spawned"),
      ago(19.9, "running"),
      ago(12, "supervisord_ended"),
      ago(11.99, "stopped"),
      ago(8, "supervisord_started"),
      ago(7.99, "spawned"),
      ago(7.98, "running"),
    ],
    upSince(7.99),
    "down 24-20 up 20-12 off 12-8 down 8-7.99 up 7.99-0",
  ],
  [
    "is unknown from the last that was told to supervisord's next start, if that went without a word",
    [ago(20, "spawned"), ago(19.9, "running"), ago(8, "supervisord_started")],
    downSince(30),
    "down 24-20 up 20-19.9 unknown 19.9-8 down 8-0",
  ],
  [
    "that was down is taken for down up to supervisord's next start, however that went",
    [
      ago(20, "stopped", { lasted_seconds: 90 * 3600 }),
      ago(8, "supervisord_started"),
      ago(7, "spawned"),
      ago(6.9, "running"),
    ],
    upSince(7),
    "up 24-20 down 20-7 up 7-0",
  ],
  [
    "was off up to supervisord's first start in the window",
    [ago(5, "supervisord_started"), ago(4.9, "spawned"), ago(4.8, "running")],
    upSince(4.9),
    "off 24-5 down 5-4.9 up 4.9-0",
  ],
  [
    "whose last start is not told yet is up all the same",
    [ago(6, "stopped", { lasted_seconds: 90 * 3600 })],
    upSince(1),
    "up 24-6 down 6-1 up 1-0",
  ],
  [
    "whose last end is not told yet is down all the same",
    [ago(6, "spawned"), ago(5.9, "running")],
    downSince(1),
    "down 24-6 up 6-1 down 1-0",
  ],
  [
    "that is asked to end is up until it has",
    [ago(6, "spawned"), ago(5.9, "running")],
    { ...downSince(30), started_at: momentAgo(6) },
    "down 24-6 up 6-0",
  ],
];

test.each(cases)("a service %s", (_case, events, now, spans) => {
  expect(spansOf(events, now)).toBe(spans);
});

test("before a log's first word, nothing is known, unless an end says how long it had been up", () => {
  const started = [ago(5, "supervisord_started"), ago(4.9, "spawned"), ago(4.8, "running")];
  expect(spansOf(started, upSince(4.9), true)).toBe("unknown 24-5 down 5-4.9 up 4.9-0");
  const lasted = [ago(5, "exited", { ...crash, lasted_seconds: 7200 })];
  expect(spansOf(lasted, downSince(5), true)).toBe("unknown 24-7 up 7-5 down 5-0");
  const ended = [ago(5, "exited", crash)];
  expect(spansOf(ended, downSince(5), true)).toBe("unknown 24-5 down 5-0");
});

test("crashes, starts that failed and starts that were asked for are told apart, within the window", () => {
  const events = [
    ago(30, "exited", crash),
    ago(20, "supervisord_started"),
    ago(19, "spawned"),
    ago(18, "exited", { exit_status: 0, expected: true }),
    ago(17, "spawned"),
    ago(16, "exited", { exit_signal: "SIGKILL", expected: false }),
    ago(15, "spawned"),
    ago(14, "exited", { exit_status: 2 }),
    ago(13, "spawn_failed"),
    ago(12, "gave_up"),
    ago(11, "spawned"),
    ago(10, "killed"),
    ago(10, "stopped"),
    ago(9, "spawned"),
  ];
  const day = dayOf({ events, complete: true }, upSince(9), TO);
  const hours = (times: number[]) => times.map((time) => (TO - time) / HOUR_MS);
  expect(hours(day.crashes)).toEqual([16, 14]);
  expect(hours(day.failedStarts)).toEqual([13]);
  expect(hours(day.starts)).toEqual([11, 9]);
});
