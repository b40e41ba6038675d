import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";
import { cleanEnd, readBytes } from "./log-bytes";
import { createLogHiding } from "./log-hiding";
import { fileIdOf } from "./log-id";
import { firstLines, type LogWindow, lastLines } from "./log-window";

const CHUNK_BYTES = 64 * 1024;

export type LogFileInfo = { id: string; size: number; writtenAt: Date };
export type LogFileTail = LogFileInfo & LogWindow;
export type OpenLog = { file: FileHandle; info: LogFileInfo };

/** Byte offsets. Between the two it is the last lines, from `after` alone on the first ones. */
export type LogLimits = {
  lines: number;
  maxBytes: number;
  before?: number | undefined;
  after?: number | undefined;
  /** Shows the secrets in them too. */
  reveal?: boolean | undefined;
};

/** Null where there is no such file, or no regular one. */
export async function statLog(path: string): Promise<LogFileInfo | null> {
  return withLog(path, async ({ info }) => info).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
}

/**
 * The last `lines` lines, read from the end, at most `maxBytes` of them. A last line without its line
 * end counts. Bytes that are no UTF-8 come as U+FFFD, those of a secret as `*` unless it is to be shown.
 * Null where there is no such file.
 */
export async function tailLog(path: string, limits: LogLimits): Promise<LogFileTail | null> {
  return withLog(path, (log) => tailOf(log, limits));
}

export async function tailOf({ file, info }: OpenLog, limits: LogLimits): Promise<LogFileTail> {
  const { before = info.size, after = 0, ...most } = limits;
  const range = { ...most, start: Math.min(after, info.size), end: Math.min(before, info.size) };
  const isForward = limits.after !== undefined && limits.before === undefined;
  const window = await (isForward ? firstLines : lastLines)(file, range);
  return { ...info, ...window };
}

/**
 * The whole file as it is now, streamed from the one file that was opened; what is appended meanwhile
 * is left out, and a file that is cut meanwhile breaks the stream off. Each byte of a secret is a `*`,
 * unless it is to be shown.
 */
export async function readLog(
  path: string,
  { reveal = false }: { reveal?: boolean } = {},
): Promise<{ size: number; body: ReadableStream<Uint8Array> } | null> {
  const log = await openLog(path);
  if (!log) return null;
  const { file } = log;
  const { size } = log.info;
  const hide = createLogHiding();
  let position = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const wanted = Math.min(CHUNK_BYTES, size - position);
      const bytes = await orClose(file, readBytes(file, position, wanted));
      const chunk =
        reveal || position + bytes.length === size ? bytes : bytes.subarray(0, cleanEnd(bytes));
      const shown = reveal ? chunk : await orClose(file, hide(file, position, chunk));
      position += chunk.length;
      if (chunk.length > 0) controller.enqueue(shown);
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
  const log = await openLog(path, constants.O_WRONLY);
  if (!log) return false;
  try {
    await log.file.truncate(0);
    return true;
  } finally {
    await log.file.close();
  }
}

/** Null where there is no such file; refuses what is no regular one. Who opens it closes it. */
export async function openLog(path: string, access = constants.O_RDONLY): Promise<OpenLog | null> {
  const file = await openPath(path, access);
  return file && { file, info: await orClose(file, statRegular(file, path)) };
}

/** For work on a file that nobody else closes where it fails. */
export async function orClose<T>(file: FileHandle, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** As `openLog`, with the reason where there is nothing to read. */
export async function openOrReason(path: string): Promise<OpenLog | string> {
  try {
    return (await openLog(path)) ?? `There is no ${path} yet.`;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

async function withLog<T>(path: string, use: (log: OpenLog) => Promise<T>): Promise<T | null> {
  const log = await openLog(path);
  if (!log) return null;
  try {
    return await use(log);
  } finally {
    await log.file.close();
  }
}

async function statRegular(file: FileHandle, path: string): Promise<LogFileInfo> {
  const stat = await file.stat({ bigint: true });
  if (!stat.isFile()) throw notReadable(path);
  return { id: fileIdOf(stat), size: Number(stat.size), writtenAt: stat.mtime };
}

async function openPath(path: string, access: number): Promise<FileHandle | null> {
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
