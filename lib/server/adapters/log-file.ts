import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";

const CHUNK_BYTES = 64 * 1024;
const LF = 10;

export type LogFileInfo = { size: number; writtenAt: Date };
export type LogFileTail = LogFileInfo & { text: string; offset: number; truncated: boolean };

/** Null where there is no such file, or no regular one. */
export async function statLog(path: string): Promise<LogFileInfo | null> {
  return withLog(path, async (_file, info) => info).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
}

/**
 * The last `lines` lines, read from the end, at most `maxBytes` of them. A last line without its line
 * end counts. Bytes that are no UTF-8 come as U+FFFD. Null where there is no such file.
 */
export async function tailLog(
  path: string,
  limits: { lines: number; maxBytes: number },
): Promise<LogFileTail | null> {
  return withLog(path, async (file, info) => {
    const window = await readWindow(file, info.size, limits);
    const start = window.complete ? window.start : skipBrokenCharacter(window.bytes);
    const offset = info.size - window.bytes.length + start;
    const text = window.bytes.toString("utf8", start);
    return { ...info, text, offset, truncated: !window.complete };
  });
}

/**
 * The whole file as it is now, streamed from the one file that was opened; what is appended meanwhile
 * is left out, and a file that is cut meanwhile breaks the stream off.
 */
export async function readLog(
  path: string,
): Promise<{ size: number; body: ReadableStream<Uint8Array> } | null> {
  const file = await openLog(path, constants.O_RDONLY);
  if (!file) return null;
  const { size } = await statRegular(file, path).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  let position = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await readExactly(file, position, Math.min(CHUNK_BYTES, size - position));
      position += chunk.length;
      if (chunk.length > 0) controller.enqueue(chunk);
      if (chunk.length > 0 && position < size) return;
      await file.close();
      if (position < size) controller.error(new Error(`${path} was cut while it was read`));
      else controller.close();
    },
    cancel: () => file.close(),
  });
  return { size, body };
}

/** Empties the file in place; supervisord appends, so it goes on writing at the new end. */
export async function emptyLog(path: string): Promise<boolean> {
  const file = await openLog(path, constants.O_WRONLY);
  if (!file) return false;
  try {
    await statRegular(file, path);
    await file.truncate(0);
    return true;
  } finally {
    await file.close();
  }
}

async function withLog<T>(
  path: string,
  use: (file: FileHandle, info: LogFileInfo) => Promise<T>,
): Promise<T | null> {
  const file = await openLog(path, constants.O_RDONLY);
  if (!file) return null;
  try {
    return await use(file, await statRegular(file, path));
  } finally {
    await file.close();
  }
}

async function statRegular(file: FileHandle, path: string): Promise<LogFileInfo> {
  const stat = await file.stat();
  if (!stat.isFile()) throw notReadable(path);
  return { size: stat.size, writtenAt: stat.mtime };
}

async function openLog(path: string, access: number): Promise<FileHandle | null> {
  try {
    // A pipe or a terminal in the place of a log must not block the open.
    return await open(path, access | constants.O_NONBLOCK);
  } catch (error) {
    const code = faultCode(error);
    if (code === null) throw error;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code === "ENXIO" || code === "EISDIR") throw notReadable(path);
    throw new AppError("conflict", sayFault(code, path), { cause: error });
  }
}

function notReadable(path: string): AppError {
  return new AppError("not_found", `${path} is not a file that can be read back.`);
}

type Window = { bytes: Buffer; start: number; complete: boolean };

/** Reads backwards until the start of the wanted lines is in sight, or the byte limit is reached. */
async function readWindow(
  file: FileHandle,
  size: number,
  { lines, maxBytes }: { lines: number; maxBytes: number },
): Promise<Window> {
  if (lines === 0) return { bytes: Buffer.alloc(0), start: 0, complete: true };
  const limit = Math.min(size, maxBytes);
  let bytes = Buffer.alloc(0);
  let found = 0;
  while (bytes.length < limit) {
    const length = Math.min(CHUNK_BYTES, limit - bytes.length);
    const chunk = await readExactly(file, size - bytes.length - length, length);
    if (chunk.length === 0) break;
    const seen = findLineStart(chunk, lines - found, bytes.length === 0);
    bytes = Buffer.concat([chunk, bytes]);
    if (seen.start !== null) return { bytes, start: seen.start, complete: true };
    found += seen.count;
  }
  return { bytes, start: 0, complete: limit === size };
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

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  // Shorter where the file was cut meanwhile.
  const { bytesRead } = await file.read({ buffer, position });
  return buffer.subarray(0, bytesRead);
}

/** The byte limit may cut inside a character; its rest is left out. */
function skipBrokenCharacter(bytes: Buffer): number {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
