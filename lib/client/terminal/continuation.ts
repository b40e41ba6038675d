/** A stretch of a log file: its text, and the byte at which it starts. */
export interface Piece {
  readonly log: string;
  readonly offset: number;
}

export interface Continuation {
  /** What the later piece has in front of the earlier one. */
  before: string;
  /** What it has behind. */
  after: string;
}

const REPLACEMENT = 0xfffd;

/**
 * How `later` goes on from `earlier`, two pieces of one growing file; null where they do not touch or differ,
 * as after a rotation. Bytes that are no UTF-8 make offsets into the text unsure, which also gives null.
 */
export function continuationOf(earlier: Piece, later: Piece): Continuation | null {
  const held = withoutHalfCharacter(earlier.log);
  const text = withoutHalfCharacter(later.log);
  if (later.offset >= earlier.offset) {
    const from = indexOfByte(held, later.offset - earlier.offset);
    if (from === null || !text.startsWith(held.slice(from))) return null;
    return { before: "", after: text.slice(held.length - from) };
  }
  const at = indexOfByte(text, earlier.offset - later.offset);
  if (at === null || !text.startsWith(held, at)) return null;
  return { before: text.slice(0, at), after: text.slice(at + held.length) };
}

/** A read may end inside a character whose other bytes are not written yet. */
export function withoutHalfCharacter(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === REPLACEMENT) end--;
  return text.slice(0, end);
}

function indexOfByte(text: string, byte: number): number | null {
  let bytes = 0;
  let i = 0;
  for (; bytes < byte && i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === REPLACEMENT) return null;
    const isSurrogate = code >= 0xd800 && code < 0xe000;
    bytes += code < 0x80 ? 1 : code < 0x800 || isSurrogate ? 2 : 3;
  }
  return bytes === byte ? i : null;
}
