import {
  appendFile,
  mkdtemp,
  readFile,
  rename,
  rm,
  truncate,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { HistoryEvent } from "@/lib/contract/history";
import { LogMark, type LogStreams, LogText } from "@/lib/contract/logs";
import { createSupervisord } from "./adapters/supervisord";
import { AppError } from "./errors";
import type { StateEvent } from "./history";
import type { PastStates, StateEvents } from "./log-states";
import { createLogStreams } from "./log-streams";
import type { LogPaths } from "./logs";
import { eventStream } from "./sse";
import { askedFrom } from "./testing/asked";
import { openFiles, watchedFolders } from "./testing/open-files";
import { type RealSupervisord, startSupervisord } from "./testing/real-supervisord";
import { waitFor } from "./testing/wait-for";

const MIB = 1024 * 1024;

type Got =
  | { name: "text"; id: string; data: LogText }
  | { name: "mark"; id: string; data: LogMark }
  | { name: "position"; id: string };
type Streams = ReturnType<typeof createLogStreams>;
type Wish = Partial<Parameters<Streams["open"]>[1]> & { names?: string[] };

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "streams-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Services whose logs lie in one folder. */
async function machineOf(
  services: Record<string, Partial<LogPaths>>,
  told: { stateEvents?: StateEvents; pastStates?: PastStates } = {},
) {
  const dir = await newFolder();
  const paths = new Map<string, LogPaths>(
    Object.entries(services).map(([name, own]) => [
      name,
      { out: join(dir, `${name}.out.log`), err: join(dir, `${name}.err.log`), ...own },
    ]),
  );
  const streams = createLogStreams({
    async pathsOf(name) {
      const found = paths.get(name);
      if (!found) throw new AppError("not_found", `There is no service "${name}".`);
      return found;
    },
    ...told,
  });
  return { dir, paths, streams };
}

/** A reader as a browser is one: takes frame after frame as long as it is not told to wait. */
async function connect(streams: Streams, wish: Wish = {}) {
  const { names = ["comfy"], ...rest } = wish;
  const leaving = new AbortController();
  const request = askedFrom("127.0.0.1", { signal: leaving.signal });
  const whole = { stream: "both" as LogStreams, lines: 100, wait: true, ...rest };
  const response = eventStream(request, await streams.open(names, whole));
  const got: Got[] = [];
  let id: string | undefined;
  const parser = createParser({
    onEvent: (event) => {
      got.push(checked(event));
      id = event.id;
    },
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let isReading = true;

  const ended = (async () => {
    for (;;) {
      await waitFor(() => isReading);
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  })();
  const leave = async () => {
    isReading = true;
    leaving.abort();
    await ended;
  };
  onTestFinished(leave);
  return {
    got,
    ended,
    leave,
    id: () => id,
    stall: () => {
      isReading = false;
    },
    readOn: () => {
      isReading = true;
    },
    text: () => textOf(got),
    until: (text: string) => waitFor(() => textOf(got).includes(text)),
  };
}

function checked({ event, data, id = "" }: EventSourceMessage): Got {
  if (event === "text") return { name: event, id, data: LogText.parse(JSON.parse(data)) };
  if (event === "mark") return { name: event, id, data: LogMark.parse(JSON.parse(data)) };
  if (event === "position") return { name: event, id };
  throw new Error(`an event that nobody knows: ${event}`);
}

function textOf(got: Got[]): string {
  return got
    .map((one) => {
      if (one.name === "position") return "";
      return one.name === "text" ? one.data.text : `<${one.data.kind}>`;
    })
    .join("");
}

test("the past comes first, the log that was written last at its end, then what is written", async () => {
  const { paths, streams } = await machineOf({ comfy: {} });
  const { out, err } = paths.get("comfy") as { out: string; err: string };
  await writeFile(err, "e1\ne2\n");
  await writeFile(out, "o1\no2\no3\n");
  const longAgo = new Date("2026-01-01T10:00:00Z");
  await utimes(out, longAgo, longAgo);

  const reader = await connect(streams, { lines: 2 });
  await waitFor(() => reader.got.some(({ name }) => name === "position"));
  await appendFile(err, "e3\n");
  await reader.until("e3\n");
  await appendFile(out, "o4\n");
  await reader.until("o4\n");

  const texts = reader.got.flatMap((one) => (one.name === "text" ? [one.data] : []));
  expect(texts).toMatchObject([
    { service: "comfy", stream: "out", text: "o2\no3\n", offset: 3, end: 9, past: true },
    { stream: "err", text: "e1\ne2\n", past: true },
    { stream: "err", text: "e3\n", past: false, offset: 6 },
    { stream: "out", text: "o4\n", past: false, offset: 9 },
  ]);
  expect(texts[0]?.at).toBe(longAgo.toISOString());
  expect(new Set(reader.got.map(({ id }) => id)).size).toBe(4);
});

test("a service that is not there is refused before the stream begins", async () => {
  const { streams } = await machineOf({ comfy: {} });

  await expect(connect(streams, { names: ["comfy", "ghost"] })).rejects.toMatchObject({
    code: "not_found",
    message: 'There is no service "ghost".',
  });
});

test("without a file of its own a stream is left out; without any, or before the first line, that is told", async () => {
  const { dir, streams } = await machineOf({
    redirected: { err: null },
    silent: { out: null, err: null },
    fresh: { err: null },
  });
  await writeFile(join(dir, "redirected.out.log"), "1\n");

  const redirected = await connect(streams, { names: ["redirected"], wait: false });
  await redirected.ended;
  expect(redirected.text()).toBe("1\n");
  const silent = await connect(streams, { names: ["silent"], wait: false });
  await silent.ended;
  expect(silent.got[0]).toMatchObject({
    data: { kind: "missing", detail: "silent has no out log: its output is not kept in a file." },
  });
  const err = await connect(streams, { names: ["redirected"], stream: "err", wait: false });
  await err.ended;
  expect(err.got[0]).toMatchObject({ data: { kind: "missing", stream: "err" } });

  const fresh = await connect(streams, { names: ["fresh"] });
  await fresh.until("<missing>");
  await writeFile(join(dir, "fresh.out.log"), "first\n");
  await fresh.until("<missing>first\n");
});

test("two streams that go to one file come once", async () => {
  const dir = await newFolder();
  const path = join(dir, "one.log");
  await writeFile(path, "1\n");
  const { streams } = await machineOf({ comfy: { out: path, err: path } });

  const reader = await connect(streams, { wait: false });
  await reader.ended;
  expect(reader.text()).toBe("1\n");
});

test("several services come in one stream, each named, and one position stands for all", async () => {
  const { dir, streams } = await machineOf({ comfy: {}, "grp:ko,hya=%": {} });
  const names = ["comfy", "grp:ko,hya=%"];
  for (const name of names) await writeFile(join(dir, `${name}.out.log`), `${name} 1\n`);
  const wish = { names, stream: "out" as const };

  const reader = await connect(streams, { ...wish, lines: 0 });
  for (const name of names) {
    await waitFor(() => reader.id());
    await appendFile(join(dir, `${name}.out.log`), `${name} 2\n`);
    await reader.until(`${name} 2\n`);
  }
  expect(reader.got.flatMap((one) => (one.name === "text" ? [one.data.service] : []))).toEqual(
    names,
  );
  await reader.leave();

  for (const name of names) await appendFile(join(dir, `${name}.out.log`), `${name} 3\n`);
  const turned = [...names].reverse();
  const next = await connect(streams, { ...wish, names: turned, from: reader.id(), wait: false });
  await next.ended;
  expect(next.text().split("\n").sort()).toEqual(["", "comfy 3", "grp:ko,hya=% 3"]);
});

test("a way that is told to wait goes on by asking again, and what was no position begins anew", async () => {
  const { paths, streams } = await machineOf({ comfy: { err: null } });
  const path = paths.get("comfy")?.out ?? "";
  await writeFile(path, "");
  let text = "";
  let from: string | undefined;
  for (let number = 1; number <= 5; number += 1) {
    const reader = await connect(streams, { wait: false, lines: 0, from });
    await reader.ended;
    text += reader.text();
    from = reader.id();
    await appendFile(path, `${number}\n`);
  }
  expect(text).toBe("1\n2\n3\n4\n");

  for (const odd of ["", "x", "comfy/out=", "comfy/out=a.1.x", "=,=,=", "\u0000"]) {
    const reader = await connect(streams, { wait: false, lines: 1, from: odd });
    await reader.ended;
    expect(reader.text()).toBe(odd === "comfy/out=" ? "1\n2\n3\n4\n5\n" : "5\n");
  }
});

test("what happens to a file stands as a mark between the lines", async () => {
  const { paths, streams } = await machineOf({ comfy: { err: null } });
  const path = paths.get("comfy")?.out ?? "";
  await writeFile(path, "1\n");
  const reader = await connect(streams);
  await reader.until("1\n");

  await rename(path, `${path}.1`);
  await writeFile(path, "2\n");
  await reader.until("1\n<rotated>2\n");
  await truncate(path, 0);
  await reader.until("2\n<truncated>");
  await appendFile(path, "3\n");
  await reader.until("<truncated>3\n");
  await unlink(path);
  await reader.until("3\n<missing>");
  await writeFile(path, "4\n");
  await reader.until("<missing><truncated>4\n");
});

test("what happens to the service stands between the lines, an end behind its last words", async () => {
  const happened: StateEvent[] = [];
  let tell = () => {};
  const stateEvents: StateEvents = async function* (names, signal) {
    expect(names).toEqual(["comfy"]);
    while (!signal.aborted) {
      await new Promise<void>((resolve) => {
        tell = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      yield* happened.splice(0);
    }
  };
  const { paths, streams } = await machineOf({ comfy: { err: null } }, { stateEvents });
  const path = paths.get("comfy")?.out ?? "";
  await writeFile(path, "1\n");
  const eventOf = (kind: HistoryEvent["kind"]): StateEvent => {
    const at = "2026-02-11T10:00:00.000Z";
    const nothing = { pid: 1, exit_status: null, exit_signal: null, expected: null };
    return {
      service: "comfy",
      event: { at, kind, ...nothing, lasted_seconds: null, text: kind },
    };
  };
  const reader = await connect(streams);
  await waitFor(() => reader.id());

  await appendFile(path, "last words\n");
  happened.push(eventOf("exited"));
  tell();
  await reader.until("last words\n<state>");
  const marks = reader.got.flatMap((one) => (one.name === "mark" ? [one.data] : []));
  expect(marks).toMatchObject([{ kind: "state", service: "comfy", stream: null }]);
});

test("what happened before is told once, also to a reader that comes back", async () => {
  const nothing = { pid: 1, exit_status: null, exit_signal: null, expected: null };
  const eventAt = (minutesAgo: number, kind: HistoryEvent["kind"]): StateEvent => {
    const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    return { service: "comfy", event: { at, kind, ...nothing, lasted_seconds: null, text: kind } };
  };
  const happened = [eventAt(30, "spawned"), eventAt(29, "running"), eventAt(20, "exited")];
  const pastStates = async (_names: string[], since: Date) =>
    happened.filter(({ event }) => event.at > since.toISOString());
  const { streams } = await machineOf({ comfy: { err: null } }, { pastStates });
  const kindsOf = (reader: Awaited<ReturnType<typeof connect>>) =>
    reader.got.flatMap((one) =>
      one.name === "mark" && one.data.kind === "state"
        ? [`${one.data.event.kind} ${one.data.past}`]
        : [],
    );

  const reader = await connect(streams);
  await waitFor(() => reader.got.some(({ name }) => name === "position"));
  expect(kindsOf(reader)).toEqual(["spawned true", "exited true"]);

  happened.push(eventAt(1, "spawned"));
  const again = await connect(streams, { from: reader.id() });
  await waitFor(() => again.got.some(({ name }) => name === "position"));
  expect(kindsOf(again)).toEqual(["spawned true"]);
});

test("lines do not wait for what happened before, which comes when it is found", async () => {
  let find = (_: StateEvent[]) => {};
  const pastStates = () =>
    new Promise<StateEvent[]>((resolve) => {
      find = resolve;
    });
  const { paths, streams } = await machineOf({ comfy: { err: null } }, { pastStates });
  const path = paths.get("comfy")?.out ?? "";
  await writeFile(path, "1\n");

  const reader = await connect(streams);
  await waitFor(() => reader.got.some(({ name }) => name === "position"));
  await appendFile(path, "2\n");
  await reader.until("1\n2\n");
  const nothing = { pid: 1, exit_status: null, exit_signal: null, expected: null };
  const at = new Date(Date.now() - 60_000).toISOString();
  const event = { at, kind: "spawned" as const, ...nothing, lasted_seconds: null, text: "" };
  find([{ service: "comfy", event }]);
  await reader.until("2\n<state>");
  expect(reader.got.at(-1)).toMatchObject({ data: { kind: "state", past: true } });
});

test("a reader that says it was told of the future goes on from now", async () => {
  let since = new Date(0);
  const pastStates: PastStates = async (_names, start) => {
    since = start;
    return [];
  };
  const { paths, streams } = await machineOf({ comfy: { err: null } }, { pastStates });
  await writeFile(paths.get("comfy")?.out ?? "", "1\n");

  const reader = await connect(streams, { wait: false, from: "told=zzzzzzzzzzzz" });
  await reader.ended;
  expect(reader.text()).toBe("1\n");
  expect(since.getTime()).toBeLessThanOrEqual(Date.now());
  expect(since.getTime()).toBeGreaterThan(Date.now() - 60_000);
});

test("a reader that stalls is sent nothing meanwhile, and is told what it missed when it reads on", async () => {
  const { paths, streams } = await machineOf({ comfy: { err: null } });
  const path = paths.get("comfy")?.out ?? "";
  const line = `${"x".repeat(99)}\n`;
  await writeFile(path, "first\n");
  const reader = await connect(streams);
  await reader.until("first\n");

  reader.stall();
  for (let part = 0; part < 15; part += 1) await appendFile(path, line.repeat(MIB / 100));
  await appendFile(path, "last\n");
  reader.readOn();
  await reader.until("last\n");

  const marks = reader.got.flatMap((one) =>
    one.name === "mark" && one.data.kind === "skipped" ? [one.data] : [],
  );
  const skipped = marks.reduce((sum, { bytes }) => sum + bytes, 0);
  const received = reader.got.reduce(
    (sum, one) => sum + (one.name === "text" ? one.data.end - one.data.offset : 0),
    0,
  );
  expect(marks.length).toBeGreaterThan(0);
  expect(skipped + received).toBe((await readFile(path)).length);
  // What is less than 8 MiB behind is sent, whenever it was that the reader was looked at last.
  expect(received).toBeLessThan(9 * MIB);
});

test("readers that leave, at a frame they never took too, free their files and watches", async () => {
  const { dir, paths, streams } = await machineOf({ comfy: {} });
  const { out, err } = paths.get("comfy") as { out: string; err: string };
  await writeFile(out, "1\n".repeat(400_000));
  await writeFile(err, "2\n");
  await waitFor(() => watchedFolders() === 0);
  const openLogs = () => openFiles().filter((path) => path.startsWith(dir)).length;

  const readers = await Promise.all(
    Array.from({ length: 20 }, () => connect(streams, { lines: 10 })),
  );
  for (const [at, reader] of readers.entries()) {
    await waitFor(() => reader.id());
    if (at % 2 === 0) reader.stall();
  }
  expect(openLogs()).toBe(40);
  expect(watchedFolders()).toBe(1);
  await appendFile(out, "3\n".repeat(400_000));
  await Promise.all(readers.map((reader) => reader.leave()));
  await waitFor(() => openLogs() === 0);
  await waitFor(() => watchedFolders() === 0);
});

const LINES = 20_000;
/** Numbered lines as fast as a pipe takes them, in bursts, until all are written. */
const COUNTER = `import sys, time
for number in range(${LINES}):
    sys.stdout.write("%d steps: \\u2588\\u258c\\n" % number)
    if number % 40 == 39:
        sys.stdout.flush()
        time.sleep(0.01)
sys.stdout.flush()
time.sleep(600)
`;

let machine: RealSupervisord;

beforeAll(async () => {
  machine = await startSupervisord(`
[program:counter]
command=python3 -X utf8 {dir}/counter.py
autostart=false
startsecs=0
stdout_logfile_maxbytes=50KB
stdout_logfile_backups=10
`);
  await writeFile(join(machine.dir, "counter.py"), COUNTER);
});
afterAll(() => machine.stop());

test("with a real supervisord each numbered line comes once and in order, through rotations, reconnects and restarts of the server", async () => {
  const supervisord = createSupervisord({ findSocket: () => machine.socketPath, timeoutMs: 3000 });
  onTestFinished(supervisord.close);
  // A stream knows nothing but its id when it begins, so each connection might be to another server.
  const newStreams = () =>
    createLogStreams({
      pathsOf: async () => ({ out: join(machine.dir, "counter.out.log"), err: null }),
    });
  let from: string | undefined;
  let text = "";
  let rotations = 0;
  let connections = 0;
  await writeFile(join(machine.dir, "counter.out.log"), "");
  await supervisord.start("counter");
  while (!text.includes(`${LINES - 1} steps: █▌\n`)) {
    const reader = await connect(newStreams(), { names: ["counter"], lines: 0, from });
    const wanted = 1 + ((connections * 7) % 13);
    await waitFor(() => reader.got.length > wanted || reader.text().includes(`${LINES - 1} `));
    await reader.leave();
    connections += 1;
    from = reader.id();
    for (const one of reader.got) {
      if (one.name === "text") text += one.data.text;
      if (one.name === "mark") expect(one.data.kind).toBe("rotated");
      if (one.name === "mark") rotations += 1;
    }
  }

  expect(rotations).toBeGreaterThanOrEqual(6);
  expect(connections).toBeGreaterThan(5);
  expect(text.split("\n")).toEqual([
    ...Array.from({ length: LINES }, (_, number) => `${number} steps: █▌`),
    "",
  ]);
}, 60_000);
