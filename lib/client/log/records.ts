import type { LineItem } from "./items";
import { isRaised, isTracebackStart, withoutRank } from "./levels";
import type { Level } from "./types";

/** A record of more lines goes on as another one. */
export const MOST_RECORD_LINES = 1000;

/** "raised" and "chained": the exception was named, and what it led to was announced. */
type Phase = "plain" | "traceback" | "raised" | "gap" | "chained";

/** What the lines of a record up to one of them tell. */
export interface RecordState {
  readonly phase: Phase;
  readonly lines: number;
  /** The worst of the lines. */
  readonly level: Level;
}

const INDENTED = /^(?:\s+\S|\s*[│╭╰|])/;
const PERCENT = /^\s*\d{1,3}%/;
const CHAIN =
  /^(?:During handling of the above exception|The above exception was the direct cause)/;
const RANKS: Readonly<Record<Level, number>> = { none: 0, debug: 1, info: 2, warn: 3, error: 4 };

/** The state with one more line of the same source: `lines` is 1 where it begins a record of its own. */
export function recordAfter(before: RecordState | null, text: string, level: Level): RecordState {
  const line = withoutRank(text);
  const phase = before && before.lines < MOST_RECORD_LINES ? phaseAfter(before, line, level) : null;
  if (before === null || phase === null) {
    return { phase: isTracebackStart(line) ? "traceback" : "plain", lines: 1, level };
  }
  return { phase, lines: before.lines + 1, level: worse(before.level, level) };
}

/** Null where the line does not belong to the record before it. */
function phaseAfter(before: RecordState, line: string, level: Level): Phase | null {
  if (isTracebackStart(line)) return introduces(before) ? "traceback" : null;
  const isBlank = line.trim() === "";
  switch (before.phase) {
    case "traceback":
      if (INDENTED.test(line)) return "traceback";
      return !isBlank && (level === "none" || isRaised(line)) ? "raised" : null;
    case "raised":
      if (isBlank) return "gap";
      return CHAIN.test(line) ? "chained" : continues(line, level, "raised");
    case "gap":
      return CHAIN.test(line) ? "chained" : null;
    case "chained":
      return isBlank ? "chained" : null;
    case "plain":
      return continues(line, level, "plain");
  }
}

/** Whoever logs an exception says so in the line above the traceback. */
function introduces({ phase, level }: RecordState): boolean {
  if (phase === "plain") return level === "error" || level === "warn";
  return phase === "chained" || phase === "traceback";
}

/** A progress bar is indented too, to the width of its percentage. */
function continues(line: string, level: Level, phase: Phase): Phase | null {
  return INDENTED.test(line) && level === "none" && !PERCENT.test(line) ? phase : null;
}

function worse(a: Level, b: Level): Level {
  return RANKS[b] > RANKS[a] ? b : a;
}

/** A record as far as it was read. */
export interface Group {
  state: RecordState;
  readonly items: LineItem[];
}

/** The group with one more line of the same source, or a new one that begins with it. */
export function join(group: Group | null, item: LineItem): Group {
  const state = recordAfter(group?.state ?? null, item.line.text, item.own);
  if (group === null || state.lines === 1) return { state, items: [item] };
  group.state = state;
  group.items.push(item);
  return group;
}

/** Lets each line know its record. */
export function label({ state: { level }, items }: Group): void {
  const [first] = items;
  for (const item of items) {
    if (first === undefined || (item.first === first && item.level === level)) continue;
    item.first = first;
    item.level = level;
    item.changed();
  }
}
