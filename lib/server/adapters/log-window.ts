import type { FileHandle } from "node:fs/promises";
import { cleanEnd, cleanStart, readBytes, wholeCharacters } from "./log-bytes";
import { hideIn } from "./log-hiding";

const CHUNK_BYTES = 64 * 1024;
const LF = 10;
const CR = 13;

/**
 * The stretch of a file that is looked at, in bytes, and how much of it is wanted at most. Secrets in it are
 * hidden unless they are to be shown.
 */
export type Range = {
  start: number;
  end: number;
  lines: number;
  maxBytes: number;
  reveal?: boolean | undefined;
};

/** `truncated` where the byte limit cut the text short of the lines that were wanted. */
export type LogWindow = { text: string; offset: number; end: number; truncated: boolean };

/**
 * The last lines of a stretch, read from its end as if the file ended there: a last line without its
 * line end counts. A character whose rest lies behind the end is left out.
 */
export async function lastLines(
  file: FileHandle,
  { start, end, lines, maxBytes, reveal }: Range,
): Promise<LogWindow> {
  const limit = lines === 0 ? 0 : Math.max(0, Math.min(end - start, maxBytes));
  const chunks: Buffer[] = [];
  let length = 0;
  let found = 0;
  let first: number | null = null;
  while (length < limit && first === null) {
    const wanted = Math.min(CHUNK_BYTES, limit - length);
    const chunk = await readBytes(file, end - length - wanted, wanted);
    if (chunk.length < wanted) {
      // The file was cut meanwhile: what was read from behind the cut is gone.
      chunks.length = 0;
      found = 0;
    }
    const seen = findLineStart(chunk, lines - found, chunks.length === 0);
    chunks.unshift(chunk);
    length += wanted;
    found += seen.count;
    first = seen.start;
  }
  const bytes = Buffer.concat(chunks);
  const truncated = first === null && limit > 0 && end - start > maxBytes;
  const from = first ?? (truncated ? cleanStart(bytes) : 0);
  return windowOf(file, bytes, { from, offset: end - length, truncated, reveal });
}

/** The first lines of a stretch; it begins with the start of the line that its first byte is in. */
export async function firstLines(
  file: FileHandle,
  { start, end, lines, maxBytes, reveal }: Range,
): Promise<LogWindow> {
  const offset = await lineStart(file, Math.min(start, end));
  const limit = lines === 0 ? 0 : Math.min(end - offset, maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  let wanted = lines;
  while (length < limit && wanted > 0) {
    const chunk = await readBytes(file, offset + length, Math.min(CHUNK_BYTES, limit - length));
    if (chunk.length === 0) break;
    const seen = findLineEnd(chunk, wanted);
    chunks.push(chunk.subarray(0, seen.end));
    wanted -= seen.count;
    length += seen.end;
  }
  const bytes = Buffer.concat(chunks);
  const truncated = wanted > 0 && limit > 0 && end - offset > maxBytes;
  const whole = truncated ? bytes.subarray(0, cleanEnd(bytes)) : bytes;
  return windowOf(file, whole, { from: 0, offset, truncated, reveal });
}

type Cut = { from: number; offset: number; truncated: boolean; reveal: boolean | undefined };

async function windowOf(
  file: FileHandle,
  bytes: Buffer,
  { from, offset, truncated, reveal }: Cut,
): Promise<LogWindow> {
  const to = Math.max(from, wholeCharacters(bytes));
  const whole = bytes.subarray(from, to);
  const shown = reveal ? whole : await hideIn(file, offset + from, whole);
  return { text: shown.toString(), offset: offset + from, end: offset + to, truncated };
}

/** Where the `wanted`th line from the end starts in this chunk, else how many line ends it holds. */
function findLineStart(chunk: Buffer, wanted: number, isLast: boolean) {
  let count = 0;
  let at = chunk.length - (isLast && chunk.at(-1) === LF ? 1 : 0);
  while (at > 0) {
    at = chunk.lastIndexOf(LF, at - 1);
    if (at === -1) break;
    count += 1;
    if (count === wanted) return { start: at + 1, count };
  }
  return { start: null, count };
}

/** Behind which byte the `wanted`th line ends in this chunk, else all of it, with how many line ends. */
function findLineEnd(chunk: Buffer, wanted: number) {
  let count = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
    count += 1;
    if (count === wanted) return { end: at + 1, count };
  }
  return { end: chunk.length, count };
}

/** Looks back for the line's start; in a line too long for that it settles for a return, or a character. */
async function lineStart(file: FileHandle, offset: number): Promise<number> {
  const start = Math.max(0, offset - CHUNK_BYTES);
  const before = await readBytes(file, start, offset - start);
  const line = before.lastIndexOf(LF);
  if (line !== -1) return start + line + 1;
  if (start === 0) return 0;
  const frame = before.lastIndexOf(CR);
  return start + (frame === -1 ? wholeCharacters(before) : frame + 1);
}
