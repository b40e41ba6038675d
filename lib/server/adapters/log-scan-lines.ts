const LF = 10;
const CR = 13;

/** Where the line that holds the byte at `at` starts among the bytes. */
export function lineStartAt(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && !isLineEnd(bytes[start - 1])) start -= 1;
  return start;
}

/** Where the line end after `at` stands, or the bytes end. */
export function lineEndAfter(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && !isLineEnd(bytes[end])) end += 1;
  return end;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}
