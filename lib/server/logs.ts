import { stripVTControlCharacters } from "node:util";
import type { LogCleared, LogStream, LogTail } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { emptyLog, readLog, statLog, tailLog } from "./adapters/log-file";
import { type ProcessInfo, type Supervisord, SupervisordFault } from "./adapters/supervisord";
import { AppError } from "./errors";
import type { Monitor } from "./monitor";
import { type Snapshot, serviceNameOf } from "./snapshot";

const MAX_LINES = 10_000;
const MAX_BYTES = 1024 * 1024;
const PATHS_KEPT_MS = 10_000;
const LAST_WORDS = { lines: 20, maxBytes: 4096 };
const LONGEST_WORDS = 300;
/** As a service's name in the log routes it stands for supervisord's own log. */
const MAIN_LOG = "supervisord";

export type Logs = ReturnType<typeof createLogs>;
type LogPaths = Record<LogStream, string | null>;

/** Reads logs from disk at the paths that supervisord reports; works on while supervisord is away. */
export function createLogs(deps: {
  monitor: Monitor<Snapshot>;
  supervisord: Pick<Supervisord, "clearLogs">;
}) {
  /** A path changes only with the config, so that a log need not wait for a new look at supervisord. */
  async function snapshotWith(name: string): Promise<Snapshot> {
    const known = deps.monitor.latest();
    const isRecent = known !== null && Date.now() - known.at < PATHS_KEPT_MS;
    if (isRecent && (name === MAIN_LOG || find(known, name))) return known;
    return deps.monitor.read().catch((error: unknown) => {
      if (known) return known;
      throw error;
    });
  }

  async function pathsOf(name: string): Promise<LogPaths> {
    const snapshot = await snapshotWith(name);
    if (name === MAIN_LOG) return { out: snapshot.conf.supervisord.logfile, err: null };
    const process = find(snapshot, name);
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
    const reason =
      stream === "err" ? "it may go to the out log" : "its output is not kept in a file";
    throw new AppError("not_found", `${name} has no ${stream} log: ${reason}.`);
  }

  return {
    /** The last `lines` lines, at most 10 000 and 1 MiB of them. */
    async tail(
      name: string,
      wish: { lines: number; stream?: LogStream | undefined },
    ): Promise<LogTail> {
      const { stream, path } = await locate(name, wish.stream);
      const lines = Math.min(wish.lines, MAX_LINES);
      const tail = await tailLog(path, { lines, maxBytes: MAX_BYTES });
      if (!tail) throw nothingYet(name, path);
      const { text, size, offset, truncated, writtenAt } = tail;
      return {
        log: text,
        path,
        stream,
        size,
        offset,
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
    async download(name: string, wish: LogStream | undefined) {
      const { stream, path } = await locate(name, wish);
      const log = await readLog(path);
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

function nothingYet(name: string, path: string): AppError {
  return new AppError("not_found", `${name} has written no log yet: there is no ${path}.`);
}
