import { safeColumns } from "./safe-pattern";
import type { Block } from "./types";

export interface Hit {
  /** Of the entry. */
  readonly id: number;
  /** Indexes into the text of its line. */
  readonly start: number;
  readonly end: number;
}

/** Nobody looks at more of them in one line. */
const MOST_HITS_IN_LINE = 200;

/**
 * Null where nothing is sought; "invalid" for what is no regular expression, and for one that a line could
 * keep busy for ever.
 */
export function patternOf(
  text: string,
  options: { matchesCase: boolean; isRegex: boolean },
): RegExp | null | "invalid" {
  if (text === "") return null;
  const source = options.isRegex ? text : text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  try {
    const pattern = new RegExp(source, options.matchesCase ? "gu" : "giu");
    return safeColumns(source) === null ? "invalid" : pattern;
  } catch {
    return "invalid";
  }
}

/** Hits in the order of the lines. Of a very long line only the start is searched. */
export function hitsIn(block: Block, pattern: RegExp): readonly Hit[] {
  const hits: Hit[] = [];
  for (const entry of block.entries) {
    if (entry.kind === "mark") continue;
    let inLine = 0;
    for (const match of searchable(entry.line.text, pattern).matchAll(pattern)) {
      if (match[0] === "") continue;
      hits.push({ id: entry.id, start: match.index, end: match.index + match[0].length });
      inLine += 1;
      if (inLine === MOST_HITS_IN_LINE) break;
    }
  }
  return hits;
}

export function matches(text: string, pattern: RegExp): boolean {
  return searchable(text, pattern).search(pattern) !== -1;
}

const columns = new WeakMap<RegExp, number>();

/** The start of a line, as long as the pattern can be sought in it in a short time. */
function searchable(text: string, pattern: RegExp): string {
  let most = columns.get(pattern);
  if (most === undefined) {
    most = safeColumns(pattern.source) ?? 0;
    columns.set(pattern, most);
  }
  return text.length > most ? text.slice(0, most) : text;
}
