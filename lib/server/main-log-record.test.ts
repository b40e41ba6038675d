import { expect, test } from "vitest";
import { parseEntry } from "./adapters/main-log-entry";
import { createRecord } from "./main-log-record";
import { logLine, said } from "./testing/main-log-lines";

const START = new Date("2026-11-23T08:00:00.000").getTime();
const comfy = {
  spawned: said.spawned("comfy", 398),
  running: said.running("comfy"),
  crashed: said.exited("comfy", 1),
};

type Happened = readonly [seconds: number, message: string];

function recordOf(happened: readonly Happened[], isWhole = true) {
  const processOf = (reason: string) => (reason.includes("/opt/comfy") ? "comfy" : null);
  const record = createRecord({ isWhole, processOf });
  for (const [seconds, message] of happened) {
    const entry = parseEntry(logLine(new Date(START + seconds * 1000), message).trimEnd());
    if (entry) record.add(entry);
  }
  return record;
}

const textsOf = (happened: readonly Happened[], isWhole = true) =>
  recordOf(happened, isWhole)
    .events()
    .map(({ event }) => event.text);

test.each<[readonly Happened[], string]>([
  [[[0, comfy.spawned]], "Started, pid 398"],
  [
    [
      [0, comfy.spawned],
      [1, comfy.running],
    ],
    "Counts as up",
  ],
  [
    [
      [0, comfy.spawned],
      [1, comfy.running],
      [21_000, comfy.crashed],
    ],
    "Crashed, exited with 1 after 5 h 50 min",
  ],
  [
    [
      [0, comfy.spawned],
      [1, comfy.running],
      [180, said.killed("comfy")],
    ],
    "Crashed, ended by SIGKILL after 3 min",
  ],
  [
    [
      [0, comfy.spawned],
      [0.2, comfy.crashed],
    ],
    "Crashed while it started, exited with 1 after 0 s",
  ],
  [
    [
      [0, comfy.spawned],
      [1, comfy.running],
      [3, said.exited("comfy", 0)],
    ],
    "Ended as it should after 3 s",
  ],
  [
    [
      [0, comfy.spawned],
      [1, comfy.running],
      [7200, said.stopped("comfy")],
    ],
    "Stopped after 2 h",
  ],
  [
    [
      [0, comfy.spawned],
      [180, "killing 'comfy' (398) with SIGKILL"],
    ],
    "Killed by SIGKILL after 3 min",
  ],
  [
    [[0, said.notFound("/opt/comfy/run.sh")]],
    "Could not be started: can't find command '/opt/comfy/run.sh'",
  ],
  [
    [
      [0, comfy.spawned],
      [0, comfy.crashed],
      [1, said.gaveUp("comfy")],
    ],
    "Gave up after 1 try",
  ],
  [
    [...Array(4).fill([0, said.notFound("/opt/comfy/run.sh")]), [1, said.gaveUp("comfy")]],
    "Gave up after 4 tries",
  ],
  [
    [[0, "exited: comfy (unknown termination cause 0x00ff; not expected)"]],
    "Crashed while it started",
  ],
  [[[0, said.supervisordStarted]], "supervisord started, pid 7"],
  [[[0, said.supervisordEnds]], "supervisord was told to end, by SIGTERM"],
  [
    [[0, "received SIGHUP indicating restart request"]],
    "supervisord was told to start again, by SIGHUP",
  ],
  [[[0, "waiting for comfy to die"]], "supervisord ended"],
])("%j ends in: %s", (happened, text) => {
  expect(textsOf(happened).at(-1)).toBe(text);
});

test("an event has all that its line and those before it tell", () => {
  const happened: Happened[] = [
    [0, comfy.spawned],
    [1, comfy.running],
    [12.5, comfy.crashed],
  ];
  expect(recordOf(happened).events().at(-1)).toEqual({
    process: "comfy",
    event: {
      at: new Date(START + 12_500).toISOString(),
      kind: "exited",
      pid: 398,
      exit_status: 1,
      exit_signal: null,
      expected: false,
      lasted_seconds: 12.5,
      text: "Crashed, exited with 1 after 12 s",
    },
  });
});

test("what the log does not tell is not made up", () => {
  expect(textsOf([[0, comfy.crashed]], false)).toEqual(["Crashed, exited with 1"]);
  expect(
    textsOf(
      [
        [0, comfy.crashed],
        [1, said.gaveUp("comfy")],
      ],
      false,
    ).at(-1),
  ).toBe("Gave up");
  expect(textsOf([[0, said.notFound("/somewhere/else")]])).toEqual([]);
});

test("supervisord's end is told once, however often it says for what it waits", () => {
  const waiting: Happened = [1, "waiting for comfy to die"];
  const events = recordOf([
    [0, said.supervisordEnds],
    waiting,
    waiting,
    [2, said.supervisordStarted],
    [3, "waiting for comfy to die"],
  ]).events();
  expect(events.map(({ process, event }) => [process, event.kind])).toEqual([
    [null, "supervisord_ended"],
    [null, "supervisord_started"],
    [null, "supervisord_ended"],
  ]);
});

test("no life that was handed out changes", () => {
  const record = recordOf([[0, comfy.spawned]]);
  const before = record.lives();
  const entry = parseEntry(logLine(new Date(START + 1000), comfy.running).trimEnd());
  if (entry) record.add(entry);

  expect(before.get("comfy")?.isUp).toBe(false);
  expect(record.lives().get("comfy")?.isUp).toBe(true);
  expect(record.lives()).toBe(record.lives());
});

test("it holds 20 000 events, and some to spare, and 2000 processes, whatever is said", () => {
  const record = recordOf(
    Array.from({ length: 25_000 }, (_, index) => [index, said.spawned(`p${index}`)] as const),
  );
  expect(record.events().length).toBeGreaterThanOrEqual(20_000);
  expect(record.events().length).toBeLessThanOrEqual(21_000);
  expect(record.events().at(-1)?.process).toBe("p24999");
  expect(record.lives().size).toBe(2000);
  expect(record.isComplete()).toBe(false);
});
