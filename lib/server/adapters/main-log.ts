import { readBlocksBackwards } from "./backward-lines";
import { openOrReason } from "./log-file";
import { followLog } from "./log-follow";
import { rotationsOf } from "./log-rotations";
import { type MainLogEntry, parseEntry } from "./main-log-entry";

/** A line of supervisord is short; one that never ends is none of its own. */
const LONGEST_LINE = 64 * 1024;
/** A log that is written to without a pause must not hold up who reads it; the rest comes next time. */
const MOST_STEPS = 200;

export type { MainLogEntry };
export type MainLog = Awaited<ReturnType<typeof followMainLog>>;

type Place = { file: string; offset: number } | null;

/** supervisord's own log, from its present end on in both directions. One that is missing is an empty one. */
export async function followMainLog(path: string) {
  const follower = await followLog(path, { lines: 0, maxBytes: 1 });
  let rest = "";

  async function* newLines(): AsyncGenerator<string> {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const step = await follower.next();
      if (step === null) return;
      if (step.kind !== "text") {
        rest = "";
        continue;
      }
      const lines = (rest + step.text).split("\n");
      rest = lines.pop()?.slice(-LONGEST_LINE) ?? "";
      yield* lines;
    }
  }

  return {
    path,

    /** What was written since the last call, the oldest first, also across rotations. */
    async *newEntries(): AsyncGenerator<MainLogEntry> {
      for await (const line of newLines()) {
        const entry = parseEntry(line);
        if (entry) yield entry;
      }
    },

    /** What was written before that, until `signal` is aborted; as `readMainLog`. */
    pastEntries: (signal: AbortSignal) => readPast(path, follower.position(), signal),

    close: follower.close,
  };
}

/**
 * All that the log and its rotations hold now, the newest first, a few at a time, until `signal` is
 * aborted.
 */
export function readMainLog(path: string, signal: AbortSignal): AsyncGenerator<MainLogEntry[]> {
  return readPast(path, null, signal);
}

/** From a place, or else from the end, back to the beginning of the oldest rotation. */
async function* readPast(
  path: string,
  from: Place,
  signal: AbortSignal,
): AsyncGenerator<MainLogEntry[]> {
  const seen = new Set<string>();
  for await (const rotation of rotationsOf(path)) {
    if (signal.aborted) return;
    const log = await openOrReason(rotation.path);
    if (typeof log === "string") continue;
    const { file, info } = log;
    try {
      // What was renamed meanwhile comes twice; what is newer than the place is not asked for.
      const isNew = !seen.has(info.id) && (from === null || seen.size > 0 || info.id === from.file);
      if (!isNew) continue;
      seen.add(info.id);
      const end = info.id === from?.file ? from.offset : info.size;
      for await (const lines of readBlocksBackwards(file, { start: 0, end })) {
        if (signal.aborted) return;
        yield lines.map(parseEntry).filter((entry) => entry !== null);
      }
    } finally {
      await file.close();
    }
  }
}
