import type { Cause } from "@/lib/contract/causes";
import type { LogStream } from "@/lib/contract/logs";
import { faultCode } from "./adapters/file-faults";
import type { LogLine, readLastLines } from "./adapters/last-lines";
import type { Listener } from "./adapters/listeners";
import { CATALOGUE } from "./catalogue";
import { findKill, findSign } from "./causes-lines";
import type { Finding } from "./causes-signs";
import { sayCause } from "./causes-words";
import { AppError } from "./errors";
import type { Logs } from "./logs";
import { redact } from "./redact";
import type { Ending } from "./services";

/** What was written so long before an end does not say why it came. */
const FRESH_MS = 120_000;
const LONGEST_LINE = 500;
const KILLED = { signal: "SIGKILL", status: 137 };
/** It was asked to end, or crashed in native code: what it said before has nothing to do with it. */
const WORDLESS_SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGILL", "SIGBUS", "SIGSEGV"];
const WORDLESS_STATUSES = [129, 130, 131, 132, 135, 139, 143];

type Tail = { stream: LogStream; file: string; lines: LogLine[] };
type Said = { finding: Finding; line: Cause["line"] };

/** Finds out why services ended, once for each end. */
export function createCauses(deps: {
  logs: Pick<Logs, "paths">;
  readLastLines: typeof readLastLines;
  findListener: (port: number) => Promise<Listener | undefined>;
  /** Whether the kernel ended a process for want of memory at about that time. */
  oomKillAt: (time: Date) => boolean;
}) {
  const known = new Map<string, { end: string; cause: Promise<Cause | null> }>();

  async function find(ending: Ending, endedAt: Date): Promise<Cause | null> {
    if (isWordless(ending)) return null;
    const isKilled = wasKilled(ending);
    if (isKilled && !deps.oomKillAt(endedAt)) return null;
    const tails = await tailsOf(ending.name, endedAt);
    const said = isKilled ? saidOfKill(tails) : saidOfEnd(tails);
    return said && { ...(await say(said.finding, ending)), line: said.line };
  }

  /** The err log first. Of one that was not written towards the end there are no lines. */
  async function tailsOf(name: string, endedAt: Date): Promise<Tail[]> {
    const paths = await deps.logs.paths(name);
    const streams = ["err", "out"] as const;
    return Promise.all(
      streams.map(async (stream) => {
        const path = paths[stream];
        const tail = path === null ? null : await deps.readLastLines(path);
        const isFresh = tail && tail.writtenAt.getTime() >= endedAt.getTime() - FRESH_MS;
        return { stream, file: tail?.id ?? "", lines: isFresh ? tail.lines : [] };
      }),
    );
  }

  async function say(finding: Finding, { name, display, port: ownPort }: Ending) {
    const { kind } = finding;
    const portVariable = CATALOGUE.get(name)?.portVariable ?? null;
    if (kind !== "port_in_use") {
      const words = sayCause(finding, { display, portVariable });
      return { kind, ...words, text: redact(words.text) };
    }
    const listener = await deps.findListener(finding.port ?? ownPort ?? 0);
    // Where the log does not name the port, its own is meant if somebody has it.
    const port = finding.port ?? (listener === undefined ? null : ownPort);
    const facts = { display, listener, portVariable: port === ownPort ? portVariable : null };
    return { kind, ...sayCause({ kind, port }, facts) };
  }

  return {
    /** Null where it is not recognised. Reads logs the first time that it is asked about an end. */
    causeOf(ending: Ending): Promise<Cause | null> {
      const { name, ended_at, exit_status, exit_signal } = ending;
      if (ended_at === null) return Promise.resolve(null);
      const end = `${ended_at} ${exit_status} ${exit_signal}`;
      const before = known.get(name);
      if (before?.end === end) return before.cause;
      const cause = find(ending, new Date(ended_at)).catch((error: unknown) => {
        // A log that cannot be read says nothing.
        if (error instanceof AppError || faultCode(error) !== null) return null;
        throw error;
      });
      known.set(name, { end, cause });
      return cause;
    },
  };
}

function wasKilled({ exit_signal, exit_status }: Ending): boolean {
  return exit_signal === KILLED.signal || exit_status === KILLED.status;
}

function isWordless({ exit_signal, exit_status }: Ending): boolean {
  const hasSignal = exit_signal !== null && WORDLESS_SIGNALS.includes(exit_signal);
  return hasSignal || (exit_status !== null && WORDLESS_STATUSES.includes(exit_status));
}

/** The out log counts only where the err log says nothing at all: errors go to that one. */
function saidOfEnd(tails: Tail[]): Said | null {
  const tail = tails.find(({ lines }) => lines.length > 0);
  const sighting = tail && findSign(tail.lines);
  return sighting ? { finding: sighting.finding, line: lineOf(tail, sighting.line) } : null;
}

function saidOfKill(tails: Tail[]): Said {
  const finding: Finding = { kind: "killed_for_memory", what: "killed" };
  for (const tail of tails) {
    const line = findKill(tail.lines);
    if (line) return { finding, line: lineOf(tail, line) };
  }
  return { finding, line: null };
}

function lineOf({ stream, file }: Tail, { offset, text }: LogLine): Cause["line"] {
  return { stream, file, offset, text: redact(text).slice(0, LONGEST_LINE) };
}
