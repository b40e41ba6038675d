import { withoutEscapes } from "@/lib/redaction/escapes";

const MAX_TEXT = 2000;
/** What is shown of a long line in front of its match. */
const BEFORE = 500;
/** But for tabs. */
const CONTROLS = /(?!\t)\p{Cc}/gu;
const HALF_CHARACTERS = /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g;

/** At most 2000 characters of a line around the match at `index`, without what a terminal does not show. */
export function excerptOf(line: string, index: number): string {
  const start = Math.max(0, Math.min(index - BEFORE, line.length - MAX_TEXT));
  const part = line.slice(start, start + MAX_TEXT);
  return part.replace(HALF_CHARACTERS, "").replace(CONTROLS, "").trimEnd();
}

/**
 * How many characters the last `bytes` bytes of a line are as a terminal shows them. A character that
 * starts before them does not count.
 */
export function shownLength(line: Buffer, bytes: number): number {
  let start = line.length - bytes;
  while (((line[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return withoutEscapes(line.toString("utf8", start)).length;
}
