import type { Span } from "./secrets-in";

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END = "-----END";
/** No key is longer. */
const MOST = 16 * 1024;
/** No line of a key, also where each begins with a time and a level: those end with a long word. */
const PROSE = /[a-z]{2} [a-z]{2,} /;
const LONG_WORD = /[A-Za-z0-9+/=]{20}$/;
const LINE = /([^\r\n]*)[\r\n]/y;

/** Where private keys stand, and how much more of the last one may come where its end is not there. */
type Keys = { spans: Span[]; left: number };

/** `left` of what stood before the text, at the start of a line: so much of its last key may still come. */
export function privateKeysIn(text: string, left: number): Keys {
  const spans: Span[] = [];
  let at = 0;
  let most = left;
  for (;;) {
    if (most === 0) {
      BEGIN.lastIndex = at;
      if (!BEGIN.test(text)) return { spans, left: 0 };
      at = BEGIN.lastIndex;
      most = MOST;
    }
    const stretch = text.slice(at, at + most);
    const length = lengthOfKey(stretch, at === 0);
    spans.push([at, at + length]);
    at += length;
    most = length === stretch.length ? most - length : 0;
    if (at === text.length) return { spans, left: most };
  }
}

/** All of it where neither its end nor anything else follows. */
function lengthOfKey(text: string, isLineStart: boolean): number {
  const end = text.indexOf(END);
  const key = end === -1 ? text : text.slice(0, end);
  return startOfProse(key, isLineStart) ?? key.length;
}

function startOfProse(text: string, isLineStart: boolean): number | null {
  LINE.lastIndex = 0;
  for (let isFirst = true; ; isFirst = false) {
    const start = LINE.lastIndex;
    const line = LINE.exec(text)?.[1];
    if (line === undefined) return null;
    // What stands behind the mark of the beginning is of its line.
    if (isFirst && !isLineStart) continue;
    if (PROSE.test(line) && !LONG_WORD.test(line)) return start;
  }
}
