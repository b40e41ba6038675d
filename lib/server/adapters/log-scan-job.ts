import { runInNewContext } from "node:vm";
import type { LogMatch } from "@/lib/contract/logs";
import { FileCutError } from "./log-scan-blocks";
import { type Scanned, type ScanWish, scanFile } from "./log-scan-file";
import { type LineCounts, numberLines } from "./log-scan-numbers";

/** A search ends after so much work, or so much time where others are at work as well. */
const SEARCH_CPU_MS = 1000;
const SEARCH_MS = 1500;
/** A pattern that is still at one and the same place by then does not come to an end. */
const STUCK_MS = 2000;
const NUMBER_MS = 500;
/** The lines of a larger file are not counted. */
const MAX_NUMBERED_BYTES = 256 * 1024 * 1024;

/** What the program is told; the file is open in it under the number `fd`. */
export type ScanJob = {
  fd: number;
  size: number;
  before: number | null;
  wish: ScanWish;
  /** The machine's own secrets, hidden like all others; null where all are shown. */
  known: readonly string[] | null;
  counts: LineCounts | null;
};

export type ScanAnswer =
  | {
      kind: "found";
      matches: Omit<LogMatch, "stream">[];
      scannedTo: number;
      counts: LineCounts | null;
    }
  /** The pattern takes too long on one line. */
  | { kind: "stuck" }
  /** The file became shorter meanwhile. */
  | { kind: "cut" };

/** One search, which comes to an end whatever the pattern and the file are. */
export function performScan({ fd, size, before, wish, known, counts }: ScanJob): ScanAnswer {
  const file = { fd, size };
  const end = Math.min(before ?? size, size);
  const scanned: Scanned = { matches: [], scannedTo: end };
  try {
    const isOver = stopWatch();
    const isStuck = outlasts(STUCK_MS, () => scanFile(file, wish, { scanned, known, isOver }));
    // What was found before it got stuck is worth an answer; the next search starts where it is stuck.
    if (isStuck && scanned.scannedTo === end) return { kind: "stuck" };
    return { kind: "found", ...scanned, ...withNumbers(file, scanned, counts) };
  } catch (error) {
    if (error instanceof FileCutError) return { kind: "cut" };
    // The engine has tried so many ways that its stack is full.
    if (error instanceof RangeError) return { kind: "stuck" };
    throw error;
  }
}

function stopWatch(): () => boolean {
  const began = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 >= SEARCH_CPU_MS || performance.now() - began >= SEARCH_MS;
  };
}

function withNumbers(
  file: { fd: number; size: number },
  { matches }: Scanned,
  known: LineCounts | null,
) {
  if (file.size > MAX_NUMBERED_BYTES) {
    return { matches: matches.map((match) => ({ ...match, line: null })), counts: null };
  }
  const offsets = matches.map(({ offset }) => offset);
  const until = performance.now() + NUMBER_MS;
  const { numbers, counts } = numberLines(file, offsets, { known, until });
  const numbered = matches.map((match) => ({ ...match, line: numbers.get(match.offset) ?? null }));
  return { matches: numbered, counts };
}

/** Whether the work was broken off after so many milliseconds; nothing else can stop a pattern. */
function outlasts(timeout: number, work: () => void): boolean {
  try {
    runInNewContext("work()", { work }, { timeout });
    return false;
  } catch (error) {
    // It comes from the context that was broken off, whose errors are none of ours.
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return true;
    throw error;
  }
}
