import type { LogSearch, LogStream } from "@/lib/contract/logs";
import type { LogScan, ScanQuestion, ScanReport } from "./adapters/log-scan";
import { AppError } from "./errors";
import type { Logs } from "./logs";

const LOG_STREAMS = ["out", "err"] as const;
const MAX_MATCHES = 1000;

/** What is searched for, and where: `file` is a log's or a rotation's id, `before` a byte offset in it. */
export type SearchWish = ScanQuestion & {
  stream?: LogStream | undefined;
  file?: string | undefined;
  before?: number | undefined;
};

/** Searches the logs of services backwards, as much at a time as about a second's work finds. */
export function createLogSearch(deps: {
  logs: Pick<Logs, "locate" | "paths">;
  scan: LogScan["scan"];
}) {
  /** A file that is asked for by its id may be that of either stream. */
  async function placesOf(name: string, { stream: wish, file }: SearchWish) {
    if (file === undefined) return [await deps.logs.locate(name, wish)];
    const paths = await deps.logs.paths(name);
    return (wish ? [wish] : LOG_STREAMS).flatMap((stream) => {
      const path = paths[stream];
      return path === null ? [] : [{ stream, path }];
    });
  }

  return {
    /** At most `limit` and 1000 matches; the next search goes on from where this one ends. */
    async search(name: string, wish: SearchWish, signal: AbortSignal): Promise<LogSearch> {
      refuseNoPattern(wish);
      const { file, before, reveal } = wish;
      const limit = Math.min(Math.max(1, wish.limit), MAX_MATCHES);
      const scanned = { q: wish.q, regex: wish.regex, case: wish.case, limit, reveal };
      for (const { stream, path } of await placesOf(name, wish)) {
        const report = await deps.scan({ path, file, before }, scanned, signal);
        if (report) return { file: report.file, ...resultOf(report, stream) };
      }
      throw new AppError("not_found", sayMissing(name, file));
    },
  };
}

function resultOf(report: ScanReport, stream: LogStream): Omit<LogSearch, "file"> {
  switch (report.kind) {
    case "found": {
      const { scannedTo } = report;
      const matches = report.matches.map((match) => ({ stream, ...match }));
      return { matches, scanned_to: scannedTo, exhausted: scannedTo === 0 };
    }
    case "stuck":
      throw new AppError(
        "invalid",
        "The regular expression takes too long on a line of this log. A simpler one, or a plain text, is faster.",
      );
    case "cut":
      throw new AppError("conflict", "The log was cleared while it was searched. Search again.");
  }
}

function refuseNoPattern({ q, regex }: SearchWish): void {
  try {
    if (regex) new RegExp(q);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The engine's reason stands behind the pattern.
    const reason = error.message.slice(error.message.lastIndexOf(": ") + 2);
    throw new AppError("invalid", `q is no regular expression: ${reason}.`);
  }
}

function sayMissing(name: string, file: string | undefined): string {
  return file === undefined
    ? `${name} has written no log yet.`
    : `This file of ${name}'s log is gone: it was cleared or dropped.`;
}
