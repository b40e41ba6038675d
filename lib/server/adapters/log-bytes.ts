import type { FileHandle } from "node:fs/promises";

const CHUNK_BYTES = 64 * 1024;
const LF = 10;
const CR = 13;

/** The bytes from `position` on; fewer where the file ends, or was cut meanwhile. */
export async function readBytes(
  file: FileHandle,
  position: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read({
      buffer,
      offset: filled,
      length: length - filled,
      position: position + filled,
    });
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** How many line ends stand between two offsets. */
export async function countLines(file: FileHandle, start: number, end: number): Promise<number> {
  let count = 0;
  for (let position = start; position < end; ) {
    const chunk = await readBytes(file, position, Math.min(CHUNK_BYTES, end - position));
    if (chunk.length === 0) break;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) count += 1;
    position += chunk.length;
  }
  return count;
}

/** How many of the bytes are left when a character whose rest is still to come is taken from their end. */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isContinuation = (byte & 0xc0) === 0x80;
    if (!isContinuation) return bytes.length - (lengthOfCharacter(byte) > back ? back : 0);
  }
  return bytes.length;
}

/** By its first byte; one for a byte that starts no character. */
function lengthOfCharacter(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/**
 * Where to begin with bytes that were cut out of a file anywhere: behind the first line end, or the
 * first return to the start of the line, so that a progress bar begins with a whole one. Where neither
 * stands near, with a whole character.
 */
export function cleanStart(bytes: Buffer): number {
  const near = bytes.subarray(0, Math.min(CHUNK_BYTES, bytes.length >> 1));
  const ends = [near.indexOf(LF), near.indexOf(CR)].filter((at) => at !== -1);
  if (ends.length === 0) return characterStart(bytes);
  const end = Math.min(...ends);
  return end + (near[end] === CR && near[end + 1] === LF ? 2 : 1);
}

/** The counterpart at the other end: behind the last line end, else the last return, else a whole character. */
export function cleanEnd(bytes: Buffer): number {
  const line = bytes.lastIndexOf(LF);
  if (line !== -1) return line + 1;
  const frame = bytes.lastIndexOf(CR);
  return frame === -1 ? wholeCharacters(bytes) : frame + 1;
}

function characterStart(bytes: Buffer): number {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
