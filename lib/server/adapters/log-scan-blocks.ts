import { readSync } from "node:fs";

/** As much of a line that is cut is seen with what stands before the cut. */
const AHEAD_BYTES = 4096;
const LF = 10;
const CR = 13;

/** A file that is open, and how much of it counts. */
export type ScannedFile = { fd: number; size: number };

/**
 * Whole lines of a file, in its order; `offset` is where the first one starts. The last `ahead` bytes
 * came in the stretch before already, and are here for what reaches into them. Good until the next one.
 */
export type Stretch = { bytes: Buffer; offset: number; ahead: number };

/** The file has become shorter while it was read. */
export class FileCutError extends Error {
  override readonly name = "FileCutError";
}

/**
 * The lines of a file from the byte `end` back to its start, a block at a time. A line ends with LF or
 * CR; one that is longer than a block is cut where blocks meet, at multiples of their size.
 */
export function* readBackwards(
  file: ScannedFile,
  end: number,
  blockBytes: number,
): Generator<Stretch> {
  const aheadBytes = Math.min(AHEAD_BYTES, blockBytes);
  const buffer = Buffer.allocUnsafeSlow(2 * blockBytes);
  let ahead = end % blockBytes === 0 ? readAhead(file, end, buffer.subarray(0, aheadBytes)) : 0;
  // So many bytes at the start of the buffer belong behind the block that is read next.
  let kept = ahead;
  for (let position = end; position > 0; ) {
    const length = position % blockBytes || blockBytes;
    position -= length;
    buffer.copyWithin(length, 0, kept);
    readFully(file, buffer.subarray(0, length), position);
    const bytes = buffer.subarray(0, length + kept);
    const start = position === 0 ? 0 : startOfLines(bytes, length, blockBytes);
    yield { bytes: bytes.subarray(start), offset: position + start, ahead };
    ahead = start === 0 ? aheadBytes : 0;
    kept = start === 0 ? aheadBytes : start;
  }
}

/** Fills the buffer from the file. */
export function readFully({ fd }: ScannedFile, buffer: Buffer, position: number): void {
  for (let filled = 0; filled < buffer.length; ) {
    const read = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) throw new FileCutError();
    filled += read;
  }
}

/** Behind the first line end of the block: what stands before it belongs to a line that starts earlier. */
function startOfLines(bytes: Buffer, length: number, blockBytes: number): number {
  const lineEnd = findLineEnd(bytes.subarray(0, length));
  if (lineEnd !== -1) return lineEnd + 1;
  return length < blockBytes ? bytes.length : 0;
}

/** How much of the line that goes on at `end`, where blocks meet, has been read into the buffer. */
function readAhead(file: ScannedFile, end: number, buffer: Buffer): number {
  const bytes = buffer.subarray(0, Math.min(buffer.length, file.size - end));
  readFully(file, bytes, end);
  const lineEnd = findLineEnd(bytes);
  return lineEnd === -1 ? bytes.length : lineEnd;
}

function findLineEnd(bytes: Buffer): number {
  const lineFeed = bytes.indexOf(LF);
  const before = lineFeed === -1 ? bytes : bytes.subarray(0, lineFeed);
  const carriageReturn = before.indexOf(CR);
  return carriageReturn === -1 ? lineFeed : carriageReturn;
}
