const MAX_TEXT = 2000;
/** What is shown of a long line in front of its match. */
const BEFORE = 500;
/** But for tabs. */
const CONTROLS = /(?!\t)\p{Cc}/gu;
const HALF_CHARACTERS = /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g;

/**
 * What a terminal takes as an order and does not show: colours, titles, links, moves of the cursor. It
 * ends with its line at the latest, so that the lines stay as they are when it is taken out.
 */
export const ESCAPE = String.raw`\x1b(?:\[[ -?]*[@-~]?|[\]PX^_][^\x07\x18\x1a\x1b\r\n]*[\x07\x18\x1a]?|[ -/]+[0-~]?|[0-~])?`;
const ESCAPES = new RegExp(ESCAPE, "g");

export function withoutEscapes(text: string): string {
  return text.includes("\x1b") ? text.replace(ESCAPES, "") : text;
}

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
