import type { FileHandle } from "node:fs/promises";
import { createLogRedaction, type LogRedaction } from "../log-redaction";
import { readBytes } from "./log-bytes";

/** By what stands before it, and behind it up to the end of its line, a piece is judged. */
const BEFORE_BYTES = 16 * 1024;
const BEHIND_BYTES = 4096;
const LF = 10;

/**
 * Hides the secrets in the bytes of one log after the other, as they are read on. What does not go on where
 * the last bytes ended is judged by what stands before it in its file.
 */
export function createLogHiding() {
  let redaction: LogRedaction | null = null;
  let file: FileHandle | null = null;
  let position = 0;

  return async (of: FileHandle, offset: number, bytes: Buffer): Promise<Buffer> => {
    if (redaction === null || file !== of || position !== offset) {
      redaction = await redactionFrom(of, offset);
      file = of;
    }
    position = offset + bytes.length;
    return redaction.next(bytes);
  };
}

/** A stretch of a file with its secrets hidden, also one that it begins or ends in. */
export async function hideIn(file: FileHandle, offset: number, bytes: Buffer): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  const redaction = await redactionFrom(file, offset);
  const isLineEnd = bytes.at(-1) === LF;
  const behind = isLineEnd ? [] : [await restOfLine(file, offset + bytes.length)];
  return redaction.next(Buffer.concat([bytes, ...behind])).subarray(0, bytes.length);
}

async function redactionFrom(file: FileHandle, offset: number): Promise<LogRedaction> {
  const redaction = createLogRedaction();
  const start = Math.max(0, offset - BEFORE_BYTES);
  if (start < offset) redaction.next(await readBytes(file, start, offset - start));
  return redaction;
}

async function restOfLine(file: FileHandle, offset: number): Promise<Buffer> {
  const bytes = await readBytes(file, offset, BEHIND_BYTES);
  const end = bytes.indexOf(LF);
  return end === -1 ? bytes : bytes.subarray(0, end + 1);
}
