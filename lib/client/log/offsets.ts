/** A stretch of a file, by its bytes. Bytes that are no UTF-8 stand as U+FFFD in `text`. */
export interface Stretch {
  readonly text: string;
  readonly offset: number;
  readonly end: number;
}

/**
 * Tells at which byte of the file an index into the text stands; asked with rising indexes. Exact as long
 * as the text is valid UTF-8, and never behind the end.
 */
export function offsetsIn({ text, offset, end }: Stretch): (index: number) => number {
  // No character takes fewer bytes than UTF-16 units: where both are as many, they are one to one.
  if (end - offset === text.length) return (index) => offset + Math.max(0, index);
  let at = 0;
  let byte = offset;
  return (index) => {
    for (; at < index && at < text.length; at++) byte += bytesOf(text.charCodeAt(at));
    return Math.min(byte, end);
  };
}

/** The part of a stretch from byte `from` up to byte `to`. */
export function stretchBetween(stretch: Stretch, from: number, to: number): Stretch {
  const start = Math.max(from, stretch.offset);
  const end = Math.max(start, Math.min(to, stretch.end));
  const text = stretch.text.slice(indexAt(stretch, start), indexAt(stretch, end));
  return { text, offset: start, end };
}

function indexAt(stretch: Stretch, byte: number): number {
  if (byte >= stretch.end) return stretch.text.length;
  const offsetAt = offsetsIn(stretch);
  let index = 0;
  while (index < stretch.text.length && offsetAt(index) < byte) index++;
  return index;
}

/** Of one UTF-16 unit: a character beyond the first 65 536 is two of them, and four bytes. */
function bytesOf(unit: number): number {
  if (unit < 0x80) return 1;
  const isSurrogate = unit >= 0xd800 && unit < 0xe000;
  return unit < 0x800 || isSurrogate ? 2 : 3;
}
