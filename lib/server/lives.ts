import type { MainLogEntry } from "./adapters/main-log";

const HOUR_MS = 3_600_000;
/** supervisord starts again at once what it is to start again; what comes later was started by somebody. */
const BY_ITSELF_WITHIN_MS = 5000;
const FLAPPING_MS = 15 * 60_000;
const FLAPPING_CRASHES = 3;
/** A program without startsecs may be started again many times in a second. */
const MOST_RESTARTS = 1000;

/** What supervisord's main log tells of a process that XML-RPC does not. Times in milliseconds since 1970. */
export type Life = {
  pid: number | null;
  spawnedAt: number | null;
  /** Whether the present process counted as up; null where the log does not tell. */
  isUp: boolean | null;
  /** How often in a row it did not come up; null where the log does not tell. */
  tries: number | null;
  hasGivenUp: boolean;
  lastEnd: { at: number; exitStatus: number | null; signal: string | null } | null;
  /** Where it ended by itself: until when a start is supervisord's own doing. */
  startsItselfUntil: number | null;
  /** An end that counts as a crash if supervisord starts it again by itself. */
  endedWellAt: number | null;
  /** When supervisord started it again by itself, in the last hour. */
  restarts: readonly number[];
  /** When it ended by itself after it had counted as up, the latest few since anybody last stepped in. */
  crashes: readonly number[];
};

const UNKNOWN: Life = {
  pid: null,
  spawnedAt: null,
  isUp: null,
  tries: null,
  hasGivenUp: false,
  lastEnd: null,
  startsItselfUntil: null,
  endedWellAt: null,
  restarts: [],
  crashes: [],
};

/** Before the first line that tells of a process: `isKnown` where there is no older one. */
export function newLife(isKnown: boolean): Life {
  return isKnown ? { ...UNKNOWN, isUp: false, tries: 0 } : UNKNOWN;
}

/** Pure: the life of a process after one more line about it, or about supervisord. */
export function live(life: Life, entry: MainLogEntry): Life {
  switch (entry.kind) {
    case "spawned":
      return spawned(life, entry);
    case "running":
      return { ...life, isUp: true, tries: 0 };
    case "exited":
      return wasUp(life, entry) === false ? endedQuickly(life, entry) : endedWhileUp(life, entry);
    case "spawn_failed":
      return triedInVain(life, entry.at);
    case "gave_up":
      return { ...life, hasGivenUp: true, startsItselfUntil: null };
    case "stopped":
      return { ...stepIn(life), lastEnd: endOf(entry) };
    case "supervisord_started":
      return { ...newLife(true), lastEnd: life.lastEnd, restarts: life.restarts };
    default:
      return life;
  }
}

/** Whether it had counted as up when it exited; null where the log does not tell. */
export function wasUp({ isUp }: Life, { expected }: MainLogEntry): boolean | null {
  // What is not yet up never ends as it should; with startsecs=0 nothing is said before it does.
  return expected ? true : isUp;
}

function spawned(life: Life, { at, pid }: MainLogEntry): Life {
  const byItself = life.startsItselfUntil !== null && at <= life.startsItselfUntil;
  const wentOn = byItself && life.endedWellAt !== null ? [life.endedWellAt] : [];
  return {
    ...life,
    pid,
    spawnedAt: at,
    isUp: false,
    tries: life.hasGivenUp ? 0 : life.tries,
    hasGivenUp: false,
    startsItselfUntil: null,
    endedWellAt: null,
    restarts: byItself ? restartsWith(life, at) : life.restarts,
    crashes: latest([...life.crashes, ...wentOn]),
  };
}

function endedWhileUp(life: Life, entry: MainLogEntry): Life {
  const { at, expected } = entry;
  return {
    ...life,
    ...GONE,
    // Where the log does not tell since when it was there, it may as well have ended before it was up.
    tries: life.isUp === null ? null : 0,
    lastEnd: endOf(entry),
    startsItselfUntil: at + BY_ITSELF_WITHIN_MS,
    endedWellAt: expected ? at : null,
    crashes: expected ? life.crashes : latest([...life.crashes, at]),
  };
}

function endedQuickly(life: Life, entry: MainLogEntry): Life {
  return { ...triedInVain(life, entry.at), lastEnd: endOf(entry) };
}

/** After its nth try in a row supervisord waits n seconds. */
function triedInVain(life: Life, at: number): Life {
  const before = life.hasGivenUp ? 0 : life.tries;
  const tries = before === null ? null : before + 1;
  const startsItselfUntil = at + (tries ?? 0) * 1000 + BY_ITSELF_WITHIN_MS;
  return { ...life, ...GONE, tries, hasGivenUp: false, startsItselfUntil };
}

/** Somebody stopped it: whatever it did before is dealt with. supervisord's count of tries goes on. */
function stepIn(life: Life): Life {
  return { ...life, ...GONE, startsItselfUntil: null, endedWellAt: null, crashes: [] };
}

const GONE = { pid: null, spawnedAt: null, isUp: false } as const;

function endOf({ at, exitStatus, signal }: MainLogEntry): Life["lastEnd"] {
  return { at, exitStatus, signal };
}

function latest(crashes: number[]): number[] {
  return crashes.slice(-FLAPPING_CRASHES);
}

function restartsWith({ restarts }: Life, at: number): number[] {
  return [...since(restarts, at - HOUR_MS), at].slice(-MOST_RESTARTS);
}

function since(times: readonly number[], start: number): number[] {
  return times.filter((time) => time > start);
}

/** At most 1000. */
export function restartsLastHour({ restarts }: Life, now: number): number {
  return since(restarts, now - HOUR_MS).length;
}

/**
 * Three crashes within 15 minutes, the last of them not longer ago than that. An end that supervisord
 * answers with a new start counts, whatever its exit code; a stop by somebody begins the count anew.
 */
export function isFlapping({ crashes }: Life, now: number): boolean {
  const [first] = crashes;
  const last = crashes.at(-1);
  if (first === undefined || last === undefined || crashes.length < FLAPPING_CRASHES) return false;
  return last - first <= FLAPPING_MS && now - last <= FLAPPING_MS;
}
