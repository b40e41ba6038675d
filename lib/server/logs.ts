import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { LogCleared, LogStream, LogTail } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { emptyLog, readLog, statLog, tailLog } from "./adapters/log-file";
import { tailRotation } from "./adapters/log-rotations";
import { type ProcessInfo, type Supervisord, SupervisordFault } from "./adapters/supervisord";
import { AppError } from "./errors";
import type { Monitor } from "./monitor";
import { type Snapshot, serviceNameOf } from "./snapshot";

const LOG_STREAMS = ["out", "err"] as const;
/** What one answer holds at most. */
export const MOST = { lines: 10_000, maxBytes: 1024 * 1024 };
const PATHS_KEPT_MS = 10_000;
/** A supervisord that is frozen must not hold up the logs. */
const PATIENCE_MS = 300;
const LAST_WORDS = { lines: 20, maxBytes: 4096 };
const LONGEST_WORDS = 300;
/** As a service's name in the log routes it stands for supervisord's own log. */
const MAIN_LOG = "supervisord";

export type Logs = ReturnType<typeof createLogs>;
/** Null for a stream that is not kept in a file of its own. */
export type LogPaths = Record<LogStream, string | null>;

/** Which lines of which file; between `after` and `before`, both byte offsets, the last ones. */
type TailWish = {
  lines: number;
  stream?: LogStream | undefined;
  file?: string | undefined;
  before?: number | undefined;
  after?: number | undefined;
  /** Shows the secrets in them too. */
  reveal?: boolean | undefined;
};

/** Reads logs from disk at the paths that supervisord reports; works on while supervisord is away. */
export function createLogs(deps: {
  monitor: Monitor<Snapshot>;
  supervisord: Pick<Supervisord, "clearLogs">;
  /** Where supervisord keeps its own log, known without it; null where it keeps none in a file. */
  mainLogPath: () => Promise<string | null>;
}) {
  /** A path changes only with the config, so that a log need not wait for a new look at supervisord. */
  async function snapshotWith(name: string): Promise<Snapshot> {
    const known = deps.monitor.latest();
    const isKnown = known !== null && find(known, name) !== undefined;
    if (isKnown && Date.now() - known.at < PATHS_KEPT_MS) return known;
    const seen = deps.monitor.read().catch((error: unknown) => {
      if (known) return known;
      throw error;
    });
    return isKnown ? Promise.race([seen, sleep(PATIENCE_MS, known)]) : seen;
  }

  async function pathsOf(name: string): Promise<LogPaths> {
    if (name === MAIN_LOG) return { out: await deps.mainLogPath(), err: null };
    const process = find(await snapshotWith(name), name);
    if (!process) throw new AppError("not_found", `There is no service "${name}".`);
    return { out: asPath(process.stdout_logfile), err: asPath(process.stderr_logfile) };
  }

  /** Without a wish: out where err is empty, else the one written last. */
  async function choose(paths: LogPaths, wish: LogStream | undefined): Promise<LogStream> {
    if (wish) return wish;
    const [out, err] = await Promise.all([
      paths.out && statLog(paths.out),
      paths.err && statLog(paths.err),
    ]);
    if (!err || err.size === 0) return "out";
    return !out || err.writtenAt >= out.writtenAt ? "err" : "out";
  }

  async function locate(name: string, wish: LogStream | undefined) {
    const paths = await pathsOf(name);
    const stream = await choose(paths, wish);
    const path = paths[stream];
    if (path !== null) return { stream, path };
    throw new AppError("not_found", noLogOf(name, stream));
  }

  /** A file that is asked for by its id may be that of either stream, and may be rotated by now. */
  async function tailFile(name: string, file: string, { stream: wish, ...limits }: TailWish) {
    const paths = await pathsOf(name);
    for (const stream of wish ? [wish] : LOG_STREAMS) {
      const path = paths[stream];
      const tail = path && (await tailRotation(path, file, { ...limits, maxBytes: MOST.maxBytes }));
      if (tail) return { ...tail, stream };
    }
    throw new AppError(
      "not_found",
      `This file of ${name}'s log is gone: it was cleared or dropped.`,
    );
  }

  async function tailNow(name: string, { stream: wish, ...limits }: TailWish) {
    const { stream, path } = await locate(name, wish);
    const tail = await tailLog(path, { ...limits, maxBytes: MOST.maxBytes });
    if (!tail) throw nothingYet(name, path);
    return { ...tail, path, stream };
  }

  return {
    paths: pathsOf,
    locate,

    /**
     * At most 10 000 lines and 1 MiB of them: the last ones; with `before` the last ones up to there, as
     * if the file ended at that byte; with `after` the first ones from the line that holds that byte; with
     * both the last ones between the two.
     */
    async tail(name: string, wish: TailWish): Promise<LogTail> {
      const limited = { ...wish, lines: Math.min(wish.lines, MOST.lines) };
      const { file } = wish;
      const tail = await (file === undefined
        ? tailNow(name, limited)
        : tailFile(name, file, limited));
      const { text, path, stream, id, size, offset, end, truncated, writtenAt } = tail;
      return {
        log: text,
        path,
        stream,
        file: id,
        size,
        offset,
        end,
        truncated,
        written_at: writtenAt.toISOString(),
      };
    },

    /** The last line of its err log, as a terminal shows it; null where it wrote none since it started. */
    async lastWords({
      name,
      started_at,
    }: Pick<Service, "name" | "started_at">): Promise<string | null> {
      const { err } = await pathsOf(name);
      // A log that cannot be read must not take the place of what went wrong.
      const tail = await (err && tailLog(err, LAST_WORDS).catch(() => null));
      if (!tail || !started_at || tail.writtenAt < new Date(started_at)) return null;
      const lines = stripVTControlCharacters(tail.text).split(/[\r\n]+/);
      return (
        lines
          .findLast((line) => line.trim() !== "")
          ?.trim()
          .slice(0, LONGEST_WORDS) ?? null
      );
    },

    /** Is another one whenever the service has written to one of its logs. */
    async mark(name: string): Promise<string> {
      const { out, err } = await pathsOf(name);
      const infos = await Promise.all([out, err].map((path) => path && statLog(path)));
      return infos.map((info) => (info ? `${info.size} ${info.writtenAt.getTime()}` : "")).join();
    },

    /** The whole file as it is now. */
    async download(name: string, wish: Pick<TailWish, "stream" | "reveal">) {
      const { stream, path } = await locate(name, wish.stream);
      const log = await readLog(path, { reveal: wish.reveal ?? false });
      if (!log) throw nothingYet(name, path);
      return { ...log, fileName: `${name.replaceAll(/[^\w.-]/g, "-")}.${stream}.log` };
    },

    /** Both logs through supervisord; it has no call for one of them, so that one is emptied in place. */
    async clear(name: string, wish: LogStream | undefined): Promise<LogCleared> {
      if (name === MAIN_LOG)
        throw new AppError("conflict", "supervisord's own log is not cleared here.");
      if (wish === undefined) {
        const paths = await pathsOf(name);
        await refuseDevices(paths);
        await deps.supervisord.clearLogs(name).catch((error: unknown) => {
          if (!(error instanceof SupervisordFault)) throw error;
          throw new AppError("conflict", `The logs of ${name} were not cleared: ${error.text}.`);
        });
        return { status: "ok", cleared: ["out", "err"] };
      }
      const { path } = await locate(name, wish);
      if (!(await emptyLog(path))) throw nothingYet(name, path);
      return { status: "ok", cleared: [wish] };
    },
  };
}

/** supervisord clears a log by removing it and making a file in its place, whatever it was. */
async function refuseDevices(paths: LogPaths): Promise<void> {
  for (const path of [paths.out, paths.err]) {
    if (path !== null) await tailLog(path, { lines: 0, maxBytes: 0 });
  }
}

function find({ processes }: Snapshot, name: string): ProcessInfo | undefined {
  return processes.find((process) => serviceNameOf(process) === name);
}

function asPath(logfile: string): string | null {
  return logfile.startsWith("/") ? logfile : null;
}

/** Why there is no file to look for. */
export function noLogOf(name: string, stream: LogStream): string {
  const reason = stream === "err" ? "it may go to the out log" : "its output is not kept in a file";
  return `${name} has no ${stream} log: ${reason}.`;
}

function nothingYet(name: string, path: string): AppError {
  return new AppError("not_found", `${name} has written no log yet: there is no ${path}.`);
}
