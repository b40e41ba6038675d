import { readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { type ProcessInfo, SupervisordFault } from "./adapters/supervisord";
import { AppError } from "./errors";
import { createLogs } from "./logs";
import type { Snapshot } from "./snapshot";
import { testFolder } from "./testing/test-folder";

type Written = { out?: string; err?: string; redirected?: boolean };

async function logsOf(written: Written) {
  const dir = testFolder("logs");
  const paths = { out: join(dir, "comfy.out.log"), err: join(dir, "comfy.err.log") };
  for (const stream of ["out", "err"] as const) {
    const content = written[stream];
    if (content !== undefined) await writeFile(paths[stream], content);
  }
  const process = {
    name: "comfy",
    group: "comfy",
    stdout_logfile: paths.out,
    stderr_logfile: written.redirected ? "" : paths.err,
  } as ProcessInfo;
  const snapshot = { at: Date.now(), processes: [process] } as Snapshot;
  const cleared: string[] = [];
  let refusal: Error | null = null;
  let reads = 0;
  let answer = () => Promise.reject<Snapshot>(new AppError("unavailable", "away"));
  let isKnown = true;
  const logs = createLogs({
    monitor: {
      read: () => {
        reads += 1;
        return answer();
      },
      invalidate: () => {},
      latest: () => (isKnown ? snapshot : null),
    },
    supervisord: {
      async clearLogs(name) {
        if (refusal) throw refusal;
        cleared.push(name);
      },
    },
    mainLogPath: async () => join(dir, "supervisord.log"),
  });
  const refuse = (error: Error) => {
    refusal = error;
  };
  const freeze = () => {
    answer = () => new Promise(() => {});
  };
  const forget = () => {
    isKnown = false;
  };
  return { logs, dir, paths, snapshot, cleared, refuse, freeze, forget, reads: () => reads };
}

const tail = { lines: 10 };

test("unasked, it is the out log where the err log is empty or missing", async () => {
  const empty = await logsOf({ out: "o\n", err: "" });
  expect(await empty.logs.tail("comfy", tail)).toMatchObject({ stream: "out", log: "o\n" });
  const missing = await logsOf({ out: "o\n" });
  expect(await missing.logs.tail("comfy", tail)).toMatchObject({ stream: "out" });
});

test("unasked, it is else the one written last", async () => {
  const { logs, paths } = await logsOf({ out: "o\n", err: "e\n" });
  const old = new Date(Date.now() - 60_000);

  await utimes(paths.out, old, old);
  expect(await logs.tail("comfy", tail)).toMatchObject({ stream: "err", path: paths.err });
  await utimes(paths.err, old, new Date(old.getTime() - 1000));
  expect(await logs.tail("comfy", tail)).toMatchObject({ stream: "out" });
});

test("a stream that has no file, or none yet, is not found, and says which", async () => {
  const { logs } = await logsOf({ out: "o\n", redirected: true });
  await expect(logs.tail("comfy", { ...tail, stream: "err" })).rejects.toMatchObject({
    code: "not_found",
    message: "comfy has no err log: it may go to the out log.",
  });

  const fresh = await logsOf({});
  await expect(fresh.logs.tail("comfy", { ...tail, stream: "err" })).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining(fresh.paths.err),
  });
});

test("more lines than the limit are the limit", async () => {
  const { logs } = await logsOf({ out: "x\n".repeat(12_000) });
  const { log, truncated } = await logs.tail("comfy", { lines: 1_000_000, stream: "out" });

  expect(log.length).toBe(20_000);
  expect(truncated).toBe(false);
});

test("paths that are known are used without a look, and go on to be while supervisord is away", async () => {
  const { logs, snapshot, reads } = await logsOf({ out: "o\n" });
  await logs.tail("comfy", tail);
  expect(reads()).toBe(0);

  snapshot.at -= 60_000;
  expect(await logs.tail("comfy", tail)).toMatchObject({ log: "o\n" });
  expect(reads()).toBe(1);
  await expect(logs.tail("ghost", tail)).rejects.toMatchObject({ code: "not_found" });
});

test("a supervisord that is frozen does not hold up a log whose path is known", async () => {
  const { logs, snapshot, freeze, reads } = await logsOf({ out: "o\n" });
  snapshot.at -= 60_000;
  freeze();

  expect(await logs.tail("comfy", tail)).toMatchObject({ log: "o\n" });
  expect(reads()).toBe(1);
});

test("supervisord's own log is read also where supervisord has never answered", async () => {
  const { logs, dir, forget, reads } = await logsOf({});
  await writeFile(join(dir, "supervisord.log"), "CRIT no\n");
  forget();

  expect(await logs.tail("supervisord", tail)).toMatchObject({ log: "CRIT no\n" });
  expect(reads()).toBe(0);
  await expect(logs.tail("comfy", tail)).rejects.toMatchObject({ code: "unavailable" });
});

test("lines are read from a byte, up to a byte and between two, of a file that was rotated too", async () => {
  const { logs, paths } = await logsOf({ out: "one\ntwo\nthree\n", err: "e\n" });
  const { file, end } = await logs.tail("comfy", { lines: 1, stream: "out" });
  expect(end).toBe(14);
  await rename(paths.out, `${paths.out}.1`);
  await writeFile(paths.out, "four\n");

  const read = (range: { before?: number; after?: number; stream?: "err" }) =>
    logs.tail("comfy", { lines: 1, file, ...range });
  expect(await read({})).toMatchObject({ log: "three\n", path: `${paths.out}.1`, stream: "out" });
  expect(await read({ before: 8 })).toMatchObject({ log: "two\n", offset: 4, end: 8, file });
  expect(await read({ after: 5 })).toMatchObject({ log: "two\n", offset: 4 });
  expect(await read({ after: 0, before: 4 })).toMatchObject({ log: "one\n" });
  await expect(read({ stream: "err" })).rejects.toMatchObject({
    code: "not_found",
    message: "This file of comfy's log is gone: it was cleared or dropped.",
  });
  expect(await logs.tail("comfy", { lines: 1, stream: "out" })).toMatchObject({ log: "four\n" });
});

test("supervisord's own log is read under its name, and not cleared", async () => {
  const { logs, dir } = await logsOf({});
  await writeFile(join(dir, "supervisord.log"), "INFO up\n");

  expect(await logs.tail("supervisord", tail)).toMatchObject({ log: "INFO up\n", stream: "out" });
  await expect(logs.clear("supervisord", undefined)).rejects.toMatchObject({ code: "conflict" });
});

test("both logs are cleared through supervisord, one of them in place", async () => {
  const { logs, paths, cleared } = await logsOf({ out: "o\n", err: "e\n" });

  expect(await logs.clear("comfy", "err")).toEqual({ status: "ok", cleared: ["err"] });
  expect(await readFile(paths.out, "utf8")).toBe("o\n");
  expect((await stat(paths.err)).size).toBe(0);
  expect(cleared).toEqual([]);

  expect(await logs.clear("comfy", undefined)).toEqual({ status: "ok", cleared: ["out", "err"] });
  expect(cleared).toEqual(["comfy"]);
});

test("what is no file is never cleared, since supervisord would put a file in its place", async () => {
  const { logs, snapshot, cleared } = await logsOf({ out: "o\n" });
  Object.assign(snapshot.processes[0] ?? {}, { stderr_logfile: "/dev/null" });

  await expect(logs.clear("comfy", undefined)).rejects.toMatchObject({ code: "not_found" });
  await expect(logs.clear("comfy", "err")).rejects.toMatchObject({ code: "not_found" });
  expect(cleared).toEqual([]);
  expect(await logs.tail("comfy", tail)).toMatchObject({ stream: "out", log: "o\n" });
});

test("a clearing that supervisord refuses is told, with its reason", async () => {
  const { logs, refuse } = await logsOf({ out: "o\n" });
  refuse(new SupervisordFault("FAILED", "no log file"));

  await expect(logs.clear("comfy", undefined)).rejects.toMatchObject({
    code: "conflict",
    message: "The logs of comfy were not cleared: no log file.",
  });
});

test("the last words are the last line of the err log, as a terminal shows it", async () => {
  const started_at = new Date(Date.now() - 5000).toISOString();
  const wordsOf = async (err: string | undefined, since = started_at) => {
    const { logs } = await logsOf(err === undefined ? {} : { err });
    return logs.lastWords({ name: "comfy", started_at: since });
  };

  expect(await wordsOf("a\n\x1b[31mKeyError: 'x'\x1b[0m\n\n")).toBe("KeyError: 'x'");
  expect(await wordsOf("10%\r20%\r30%")).toBe("30%");
  expect(await wordsOf("   \n")).toBeNull();
  expect(await wordsOf(undefined)).toBeNull();
  expect(await wordsOf("old\n", new Date(Date.now() + 5000).toISOString())).toBeNull();
});

test("a download has a name that no header can stumble over", async () => {
  const { logs, snapshot } = await logsOf({ out: "all of it" });
  Object.assign(snapshot.processes[0] ?? {}, { group: 'a"\n', name: "comfy" });

  const { fileName, body, size } = await logs.download('a"\n:comfy', { stream: "out" });

  expect(fileName).toBe("a---comfy.out.log");
  expect(size).toBe(9);
  expect(await text(body as never)).toBe("all of it");
});
