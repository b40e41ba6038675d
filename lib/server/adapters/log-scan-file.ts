import type { LogMatch } from "@/lib/contract/logs";
import { readBackwards, type ScannedFile } from "./log-scan-blocks";
import { findShown } from "./log-scan-hiding";
import { escapePattern, type Finder, findLiteral } from "./log-scan-literal";
import { findPattern } from "./log-scan-pattern";

/** A line of a pattern's block is short enough even for a pattern that takes its length squared. */
const BLOCK_BYTES = { literal: 1024 * 1024, pattern: 16 * 1024 };
const MAX_BYTES = 2 * 1024 ** 3;

export type ScanWish = {
  q: string;
  /** `q` is a regular expression, and not a text. */
  regex: boolean;
  /** Whether the case of letters matters. */
  case: boolean;
  limit: number;
};

type ScanTerms = {
  scanned: Scanned;
  known: readonly string[] | null;
  isOver: () => boolean;
  blockBytes?: number;
};

/** What was found, newest first, in the file from `scannedTo` on. */
export type Scanned = { matches: Pick<LogMatch, "offset" | "text">[]; scannedTo: number };

/**
 * Searches a file backwards from `scanned.scannedTo` and writes down there what it finds, so that it
 * also stands where the search is broken off. Ends at the start of the file, after `limit` matches or
 * 2 GiB, or when its time `isOver`; by then it has come at least one step further. Secrets are not found,
 * and `known` ones neither, unless `known` is null.
 */
export function scanFile(
  file: ScannedFile,
  wish: ScanWish,
  { scanned, known, isOver, blockBytes }: ScanTerms,
): void {
  const end = scanned.scannedTo;
  const finder = finderOf(wish);
  const find = known === null ? finder : findShown(finder, { file, known, ...wish });
  const bytes = blockBytes ?? BLOCK_BYTES[wish.regex ? "pattern" : "literal"];
  for (const stretch of readBackwards(file, end, bytes)) {
    for (const { start, text } of find(stretch)) {
      scanned.matches.push({ offset: stretch.offset + start, text });
      scanned.scannedTo = stretch.offset + start;
      if (scanned.matches.length === wish.limit) return;
    }
    scanned.scannedTo = stretch.offset;
    const isEnough = end - scanned.scannedTo >= MAX_BYTES || isOver();
    if (isEnough && scanned.scannedTo < end) return;
  }
}

function finderOf({ q, regex, case: matchCase }: ScanWish): Finder {
  const flags = matchCase ? "" : "i";
  if (regex) return findPattern(new RegExp(q, flags));
  if (!matchCase && hasForeignLetters(q)) return findPattern(new RegExp(escapePattern(q), flags));
  return findLiteral(q, matchCase);
}

/** Letters beyond ASCII of which there is a small and a capital one. */
function hasForeignLetters(text: string): boolean {
  const foreign = text.replace(/[\0-\x7f]/g, "");
  return foreign.toLowerCase() !== foreign.toUpperCase();
}
