import type { FileHandle } from "node:fs/promises";
import { cleanStart, countLines, readBytes } from "./log-bytes";
import { type OpenLog, openOrReason, orClose } from "./log-file";
import { contextAfter, contextBefore, hashOf, type LogPosition } from "./log-position";
import { lookAt, nameOf, openRotation, type Stamp } from "./log-rotations";

const MIB = 1024 * 1024;
const MOST_BYTES = 128 * 1024;
const KEPT_BYTES = MIB / 2;
const COUNTED_BYTES = 64 * MIB;

/** A log file that is held open, and up to where it was read. */
export type Held = {
  file: FileHandle;
  id: string;
  offset: number;
  /** The last bytes before `offset`. */
  context: Buffer;
  /** When it had been written last, at the last look. */
  seenNs: bigint;
  /** The rotation before it, as it was when this one was opened. */
  older: Stamp | null;
};

/** Takes over the open file, and closes it where it cannot be read. */
export async function holdAt(
  { file, info }: OpenLog,
  { offset, older }: { offset: number; older: Stamp | null },
): Promise<Held> {
  const context = await orClose(file, contextBefore(file, offset));
  return { file, id: info.id, offset, context, seenNs: -1n, older };
}

/** The log at `path` itself, from its start; why not, where there is none to read. */
export async function holdBase(path: string): Promise<Held | string> {
  const opened = await openOrReason(path);
  if (typeof opened === "string") return opened;
  return holdAt(opened, { offset: 0, older: await lookAt(nameOf(path, 1)) });
}

/** Null where the file is gone, or is not what it was up to there. */
export async function resume(
  path: string,
  { file, offset, hash }: NonNullable<LogPosition>,
): Promise<Held | null> {
  const opened = await openRotation(path, file);
  if (!opened) return null;
  const log = await holdAt(opened, {
    offset,
    older: await lookAt(nameOf(path, opened.number + 1)),
  });
  if (opened.info.size >= offset && hashOf(log.context) === hash) return log;
  await log.file.close();
  return null;
}

/** What was found behind the offset: at most 128 KiB, the file's size, and when it was written last. */
export type Found = { bytes: Buffer; size: number; writtenAt: Date };

/**
 * Reads on, without moving the offset. Null where there is nothing new, "other" where what was read
 * before is not there any more: the file was emptied, and may have grown again.
 */
export async function readAhead(log: Held, most: number): Promise<Found | "other" | null> {
  const { size, mtimeNs, mtime } = await log.file.stat({ bigint: true });
  const ahead = Number(size) - log.offset;
  if (ahead === 0 && mtimeNs === log.seenNs) return null;
  log.seenNs = mtimeNs;
  const before = log.context.length;
  const wanted = Math.min(Math.max(0, ahead), most, MOST_BYTES);
  const bytes = await readBytes(log.file, log.offset - before, before + wanted);
  if (!bytes.subarray(0, before).equals(log.context)) return "other";
  return { bytes: bytes.subarray(before), size: Number(size), writtenAt: mtime };
}

/** The first `count` of the bytes that were found are used. */
export function advance(log: Held, found: Buffer, count: number): void {
  log.offset += count;
  log.context = contextAfter(log.context, found.subarray(0, count));
}

export function startOver(log: Held): void {
  log.offset = 0;
  log.context = Buffer.alloc(0);
  log.seenNs = -1n;
}

/** Goes on near the end, at the start of a line. `lines` is null where they are too many to count. */
export async function skipAhead(log: Held, size: number) {
  const { file, offset: from } = log;
  const near = size - KEPT_BYTES;
  const to = near + cleanStart(await readBytes(file, near, MOST_BYTES));
  const bytes = to - from;
  const lines = bytes > COUNTED_BYTES ? null : await countLines(file, from, to);
  log.offset = to;
  log.context = await contextBefore(file, to);
  return { from, to, bytes, lines };
}
