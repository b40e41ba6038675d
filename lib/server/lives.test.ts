import { expect, test } from "vitest";
import { parseEntry } from "./adapters/main-log-entry";
import { isFlapping, type Life, live, newLife, restartsLastHour } from "./lives";
import { logLine, said } from "./testing/main-log-lines";

const START = new Date("2026-11-23T08:00:00.000");
const MINUTE = 60;
const HOUR = 3600;

type Happened = readonly [seconds: number, message: string];

const at = (seconds: number) => START.getTime() + seconds * 1000;
const spawned = said.spawned("comfy");
const running = said.running("comfy");
const crashed = said.exited("comfy", 1);
const endedWell = said.exited("comfy", 0);
const stopped = said.stopped("comfy");
const gaveUp = said.gaveUp("comfy");

function lifeOf(happened: readonly Happened[], isKnown = true): Life {
  return happened.reduce((life, [seconds, message]) => {
    const entry = parseEntry(logLine(new Date(at(seconds)), message).trimEnd());
    if (!entry) throw new Error(`Nobody understands: ${message}`);
    return live(life, entry);
  }, newLife(isKnown));
}

/** Up for 10 s each time, and started again by supervisord at once. */
const crashesAt = (...starts: number[]): Happened[] =>
  starts.flatMap((start): Happened[] => [
    [start, spawned],
    [start + 1, running],
    [start + 10, crashed],
  ]);

const quickEnds = (count: number): Happened[] =>
  Array.from({ length: count }, (_, index): Happened[] => [
    [index * 2, spawned],
    [index * 2, crashed],
  ]).flat();

test.each<[string, readonly Happened[], number | null]>([
  ["nothing yet", [], 0],
  ["quick ends add up", quickEnds(3), 3],
  ["up, it begins anew", [...quickEnds(3), [9, spawned], [10, running]], 0],
  ["an end after it was up is no try", crashesAt(0), 0],
  ["nor is it one for the next", [...crashesAt(0), [11, spawned], [11, crashed]], 1],
  ["given up, the count stays", [...quickEnds(4), [9, gaveUp]], 4],
  ["started again after that, it begins anew", [...quickEnds(4), [9, gaveUp], [20, spawned]], 0],
  [
    "a stop does not end the count",
    [
      [0, spawned],
      [0, crashed],
      [3, spawned],
      [4, stopped],
    ],
    1,
  ],
  ["a failed start is a try", [[0, said.notFound("/opt/x")]], 1],
  [
    "another supervisord begins anew",
    [
      [0, spawned],
      [0, crashed],
      [5, said.supervisordStarted],
    ],
    0,
  ],
])("tries: %s", (_, happened, tries) => {
  expect(lifeOf(happened).tries).toBe(tries);
});

test("where the log does not go back far enough, the tries are not known until it was up or given up", () => {
  expect(lifeOf([[0, crashed]], false).tries).toBeNull();
  expect(lifeOf(quickEnds(2), false).tries).toBeNull();
  expect(lifeOf([[0, running], ...quickEnds(2)], false).tries).toBe(2);
  expect(lifeOf([[0, gaveUp], ...quickEnds(2)], false).tries).toBe(2);
});

test("the last end is remembered through all that follows", () => {
  const end = { at: at(10), exitStatus: 1, signal: null };
  expect(lifeOf(crashesAt(0)).lastEnd).toEqual(end);
  expect(lifeOf([...crashesAt(0), [11, spawned], [12, running]]).lastEnd).toEqual(end);
  expect(lifeOf([...crashesAt(0), [11, said.supervisordStarted]]).lastEnd).toEqual(end);
  expect(lifeOf([...crashesAt(0), [11, spawned], [15, stopped]]).lastEnd).toEqual({
    at: at(15),
    exitStatus: null,
    signal: "SIGTERM",
  });
});

test.each<[string, readonly Happened[], number]>([
  ["the first start is none", [[0, spawned]], 0],
  ["supervisord's answer to a crash is one", [...crashesAt(0), [11, spawned]], 1],
  ["so is each try after a quick end", quickEnds(4), 3],
  [
    "a start after a stop is none",
    [
      [0, spawned],
      [1, running],
      [9, stopped],
      [10, spawned],
    ],
    0,
  ],
  ["a start by somebody, long after the end, is none", [...crashesAt(0), [60, spawned]], 0],
  ["nor is one after it was given up", [...quickEnds(2), [9, gaveUp], [10, spawned]], 1],
  [
    "nor the one with which supervisord begins",
    [...crashesAt(0), [11, said.supervisordStarted], [12, spawned]],
    0,
  ],
  [
    "what was before supervisord began anew still counts",
    [...crashesAt(0, 11), [22, said.supervisordStarted], [23, spawned]],
    1,
  ],
])("restarts: %s", (_, happened, restarts) => {
  expect(restartsLastHour(lifeOf(happened), at(HOUR))).toBe(restarts);
});

test("a restart counts for an hour", () => {
  const life = lifeOf([...crashesAt(0, 11), [22, spawned]]);
  expect(restartsLastHour(life, at(11 + HOUR - 1))).toBe(2);
  expect(restartsLastHour(life, at(11 + HOUR))).toBe(1);
  expect(restartsLastHour(life, at(22 + HOUR))).toBe(0);
});

test.each<[string, readonly Happened[], { after: number; isIt: boolean }]>([
  ["two crashes are not yet", crashesAt(0, 11), { after: 21, isIt: false }],
  ["three crashes are", crashesAt(0, 11, 22), { after: 32, isIt: true }],
  [
    "also while it is up between two",
    [...crashesAt(0, 11, 22), [33, spawned], [34, running]],
    { after: 5 * MINUTE, isIt: true },
  ],
  ["until 15 min after the last", crashesAt(0, 11, 22), { after: 32 + 15 * MINUTE, isIt: true }],
  ["not longer", crashesAt(0, 11, 22), { after: 33 + 15 * MINUTE, isIt: false }],
  [
    "three in more than 15 min are not",
    crashesAt(0, 8 * MINUTE, 16 * MINUTE),
    { after: 17 * MINUTE, isIt: false },
  ],
  [
    "but the latest three of four may be",
    crashesAt(0, 8 * MINUTE, 16 * MINUTE, 20 * MINUTE),
    { after: 21 * MINUTE, isIt: true },
  ],
  [
    "three restarts by a person are not",
    [0, 20, 40, 60].flatMap((start): Happened[] => [
      [start, spawned],
      [start + 1, running],
      [start + 10, stopped],
    ]),
    { after: 70, isIt: false },
  ],
  [
    "ending well and being started again at once is",
    [0, 11, 22, 33].flatMap((start): Happened[] => [
      ...(start > 0 ? [[start - 1, endedWell] as const] : []),
      [start, spawned],
      [start + 1, running],
    ]),
    { after: 40, isIt: true },
  ],
  [
    "a program that ends as it should and is started by somebody is not",
    [0, 60, 120, 180].flatMap((start): Happened[] => [
      [start, spawned],
      [start + 1, running],
      [start + 9, endedWell],
    ]),
    { after: 190, isIt: false },
  ],
  ["quick ends are not: BACKOFF says so", quickEnds(6), { after: 20, isIt: false }],
  [
    "a stop begins the count anew",
    [...crashesAt(0, 11, 22), [33, spawned], [40, stopped], ...crashesAt(50)],
    { after: 61, isIt: false },
  ],
  [
    "so does another supervisord",
    [...crashesAt(0, 11), [22, said.supervisordStarted], ...crashesAt(25)],
    { after: 36, isIt: false },
  ],
])("flapping: %s", (_, happened, { after, isIt }) => {
  expect(isFlapping(lifeOf(happened), at(after))).toBe(isIt);
});

test("a process that was there before the log begins was up", () => {
  const happened: Happened[] = [[0, crashed], ...crashesAt(1, 12)];
  expect(isFlapping(lifeOf(happened, false), at(30))).toBe(true);
});

test("a program without startsecs that is started again without a pause stays small", () => {
  const happened = Array.from({ length: 3000 }, (_, index): Happened[] => [
    [index / 50, spawned],
    [index / 50, endedWell],
  ]).flat();
  const life = lifeOf(happened);

  expect(restartsLastHour(life, at(60))).toBe(1000);
  expect(isFlapping(life, at(60))).toBe(true);
});
