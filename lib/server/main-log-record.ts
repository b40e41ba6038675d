import type { HistoryEvent } from "@/lib/contract/history";
import type { MainLogEntry } from "./adapters/main-log";
import { toEvent } from "./history-words";
import { type Life, live, newLife } from "./lives";

const MOST_EVENTS = 20_000;
/** Cut in pieces, so that not every event moves all others. */
const SPARE_EVENTS = 1000;
/** A log may name what it likes. */
const MOST_PROCESSES = 2000;

/** `process` is null for what happened to supervisord, and with it to all. */
export type Told = { process: string | null; event: HistoryEvent };
export type MainLogRecord = ReturnType<typeof createRecord>;

/**
 * What the lines of a main log, put in one after the other, say about each process. `isWhole` where the
 * first of them is the first that there is. `processOf` names the process that a failed start was of,
 * which the line about it often does not.
 */
export function createRecord({
  isWhole,
  processOf,
}: {
  isWhole: boolean;
  processOf: (reason: string) => string | null;
}) {
  const lives = new Map<string, Life>();
  /** What was handed out is left as it is. */
  let handedOut: ReadonlyMap<string, Life> | null = null;
  let events: Told[] = [];
  let isComplete = isWhole;
  let isKnown = isWhole;
  let isEnding = false;

  function add(entry: MainLogEntry): Told | null {
    handedOut = null;
    if (entry.kind === "supervisord_started" || entry.kind === "supervisord_ended") {
      return ofSupervisord(entry);
    }
    const process = entry.process ?? processOf(entry.reason ?? "");
    if (process === null) return null;
    const before = lives.get(process) ?? newLife(isKnown);
    if (lives.has(process) || lives.size < MOST_PROCESSES) lives.set(process, live(before, entry));
    return keep(process, toEvent(entry, before));
  }

  function ofSupervisord(entry: MainLogEntry): Told | null {
    const isEnd = entry.kind === "supervisord_ended";
    // It says again and again for what it still waits.
    if (isEnd && isEnding) return null;
    isEnding = isEnd;
    if (!isEnd) {
      isKnown = true;
      for (const [process, life] of lives) lives.set(process, live(life, entry));
    }
    return keep(null, toEvent(entry, newLife(true)));
  }

  function keep(process: string | null, event: HistoryEvent | null): Told | null {
    if (event === null) return null;
    const told = { process, event };
    events.push(told);
    if (events.length > MOST_EVENTS + SPARE_EVENTS) {
      events = events.slice(-MOST_EVENTS);
      isComplete = false;
    }
    return told;
  }

  return {
    add,
    /** By process name. Never changes; what comes later is in another one. */
    lives(): ReadonlyMap<string, Life> {
      handedOut ??= new Map(lives);
      return handedOut;
    },
    /** The oldest first. */
    events: (): readonly Told[] => events,
    /** Nothing older was ever said. */
    isComplete: () => isComplete,
  };
}
