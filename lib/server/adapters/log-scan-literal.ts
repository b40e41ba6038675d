import { ESCAPE, withoutEscapes } from "@/lib/redaction/escapes";
import { type Anchor, anchorsOf, toLowerCase } from "./log-scan-anchor";
import type { Stretch } from "./log-scan-blocks";
import { lineEndAfter, lineStartAt } from "./log-scan-lines";
import { excerptOf, shownLength } from "./log-scan-text";

/** A line that matches: where it starts in its stretch, and its text around the match. */
export type Hit = { start: number; text: string };

/** The lines of a stretch that match, the last one first. */
export type Finder = (stretch: Pick<Stretch, "bytes" | "ahead">) => Generator<Hit>;

/** Where the lines start that may hold what is sought, in their order. */
type Search = (bytes: Buffer) => number[];

const ESC = 0x1b;
/** With escapes in between, each byte makes the pattern longer; so many tell enough. */
const PATTERN_BYTES = 32;
/** What the ways to search are tried on. */
const SAMPLE_BYTES = 128 * 1024;

/**
 * Finds a text as a terminal would show it. The bytes are searched for lines that may hold it, and only
 * those are decoded. Unless `matchCase`, the letters of ASCII stand for both of theirs; others do not.
 */
export function findLiteral(wanted: string, matchCase: boolean): Finder {
  const needle = matchCase
    ? Buffer.from(wanted)
    : Buffer.from(Buffer.from(wanted).map(toLowerCase));
  const pattern = patternWithEscapes(needle, matchCase);
  const exact = new RegExp(escapePattern(wanted), matchCase ? "" : "i");
  const searchEscaped = (bytes: Buffer) => linesWith(pattern, bytes);
  let search: Search | null = null;

  function linesOf(bytes: Buffer): number[] {
    if (bytes.includes(ESC)) return searchEscaped(bytes);
    const sample = bytes.subarray(0, SAMPLE_BYTES);
    search ??= fastestOf([searchEscaped, ...searchesOf(needle, matchCase, sample)], sample);
    return search(bytes);
  }

  return function* find({ bytes, ahead }) {
    for (const start of linesOf(bytes).reverse()) {
      const line = bytes.subarray(start, lineEndAfter(bytes, start));
      const shown = withoutEscapes(line.toString());
      const index = shown.search(exact);
      const isLast = start + line.length === bytes.length;
      const end = shown.length - (isLast ? shownLength(line, ahead) : 0);
      if (index !== -1 && index < end) yield { start, text: excerptOf(shown, index) };
    }
  };
}

function searchesOf(needle: Buffer, matchCase: boolean, sample: Buffer): Search[] {
  return anchorsOf(needle, matchCase, sample).map(
    (anchor) => (bytes) => linesAround(anchor, needle, matchCase, bytes),
  );
}

/** All find the same lines; which one is fast depends on more than can be foreseen. */
function fastestOf([first, ...others]: [Search, ...Search[]], sample: Buffer): Search {
  const timed = (search: Search) => Math.min(timeOf(search, sample), timeOf(search, sample));
  let fastest = { search: first, ms: timed(first) };
  for (const search of others) {
    const ms = timed(search);
    if (ms < fastest.ms) fastest = { search, ms };
  }
  return fastest.search;
}

function timeOf(search: Search, sample: Buffer): number {
  const began = performance.now();
  search(sample);
  return performance.now() - began;
}

/** A text as the source of a regular expression that matches just that. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Where the lines start that hold the needle, in bytes without escapes. */
function linesAround(
  { at, spellings }: Anchor,
  needle: Buffer,
  matchCase: boolean,
  bytes: Buffer,
): number[] {
  const starts = new Set<number>();
  for (const spelling of spellings) {
    let from = at;
    for (;;) {
      const found = bytes.indexOf(spelling, from);
      if (found === -1) break;
      from = found + 1;
      if (!holds(bytes, found - at, needle, matchCase)) continue;
      starts.add(lineStartAt(bytes, found));
      from = lineEndAfter(bytes, found) + at;
    }
  }
  return spellings.length === 1 ? [...starts] : [...starts].sort((a, b) => a - b);
}

function holds(bytes: Buffer, start: number, needle: Buffer, matchCase: boolean): boolean {
  for (let i = 0; i < needle.length; i += 1) {
    const byte = bytes[start + i] ?? -1;
    if ((matchCase ? byte : toLowerCase(byte)) !== needle[i]) return false;
  }
  return true;
}

/** The bytes, read as Latin-1, with escapes wherever they may stand between two of them. */
function patternWithEscapes(needle: Buffer, matchCase: boolean): RegExp {
  const bytes = [...needle.subarray(0, PATTERN_BYTES)];
  const source = bytes
    .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
    .join(`(?:${ESCAPE})*`);
  return new RegExp(source, matchCase ? "g" : "gi");
}

/** Where the lines start that the pattern matches in. The text may be what an escape is made of. */
function linesWith(pattern: RegExp, bytes: Buffer): number[] {
  const text = bytes.toString("latin1");
  const starts: number[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    starts.push(lineStartAt(bytes, match.index));
    pattern.lastIndex = lineEndAfter(bytes, match.index);
  }
  return starts;
}
