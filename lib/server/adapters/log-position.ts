import { createHmac, randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { readBytes } from "./log-bytes";

const CONTEXT_BYTES = 64;
const HASH_LENGTH = 8;
/** On the process: Next may load this module once for each bundle. */
const store = globalThis as { controlPilotPositionKey?: Buffer };
const WRITTEN = /^([\w-]{1,64})\.(\d{1,15})\.([\w-]{8})$/;

/**
 * Up to where a log was read. `hash` is of the last bytes before `offset`: it tells whether the file is
 * still the one that was read. Null where there was no file to read.
 */
export type LogPosition = { file: string; offset: number; hash: string } | null;

export function writePosition(position: LogPosition): string {
  return position === null ? "" : `${position.file}.${position.offset}.${position.hash}`;
}

/** Undefined where it is none. */
export function readPosition(text: string): LogPosition | undefined {
  if (text === "") return null;
  const [, file, offset, hash] = WRITTEN.exec(text) ?? [];
  if (file === undefined || offset === undefined || hash === undefined) return undefined;
  return { file, offset: Number(offset), hash };
}

/** The last bytes before an offset: by them a file that was emptied and has grown again is told. */
export async function contextBefore(file: FileHandle, offset: number): Promise<Buffer> {
  const start = Math.max(0, offset - CONTEXT_BYTES);
  return await readBytes(file, start, offset - start);
}

/** The context when `bytes` have been read behind it. */
export function contextAfter(context: Buffer, bytes: Buffer): Buffer {
  // Put together anew, so that 64 bytes do not keep all of them in memory.
  const last = Buffer.concat([context, bytes.subarray(-CONTEXT_BYTES)]);
  return last.subarray(-CONTEXT_BYTES);
}

/** Signed, since a plain hash would tell whether somebody has guessed bytes that are hidden from them. */
export function hashOf(context: Buffer): string {
  store.controlPilotPositionKey ??= randomBytes(32);
  const hash = createHmac("sha256", store.controlPilotPositionKey).update(context);
  return hash.digest("base64url").slice(0, HASH_LENGTH);
}

/** Places that were signed with another key are none any more. */
export function signPositionsWith(key: Buffer): void {
  store.controlPilotPositionKey = key;
}
