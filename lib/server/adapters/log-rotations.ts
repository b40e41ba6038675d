import { stat } from "node:fs/promises";
import { faultCode } from "./file-faults";
import { type LogLimits, type OpenLog, openOrReason, tailOf } from "./log-file";
import { fileIdOf } from "./log-id";

/** While one is renamed there is a gap in the numbers; so many in a row are the end. */
const GAPS = 3;
/** supervisord renames all of them at each rotation, so that nobody keeps more. */
const MOST = 1000;

/** A file as it was when it was looked at. */
export type Stamp = { id: string; writtenNs: bigint };
export type Rotation = Stamp & { path: string; size: number };

/** Null where there is no regular file that can be looked at. */
export async function lookAt(path: string): Promise<Rotation | null> {
  try {
    const seen = await stat(path, { bigint: true });
    if (!seen.isFile()) return null;
    return { path, id: fileIdOf(seen), size: Number(seen.size), writtenNs: seen.mtimeNs };
  } catch (error) {
    if (faultCode(error) === null) throw error;
    return null;
  }
}

/**
 * The log at `path`, then `path.1`, `path.2` and so on, the newest first. One that is renamed meanwhile
 * may come twice, but none is left out: a rotation only moves them on to higher numbers.
 */
export async function* rotationsOf(path: string): AsyncGenerator<Rotation & { number: number }> {
  for (let number = 0, gaps = 0; gaps < GAPS && number <= MOST; number += 1) {
    const seen = await lookAt(nameOf(path, number));
    gaps = seen ? 0 : gaps + 1;
    if (seen) yield { ...seen, number };
  }
}

export function nameOf(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}

/** Opens the file with this id, under whichever name of the log it has now; null where it is gone. */
export async function openRotation(
  path: string,
  id: string,
): Promise<(OpenLog & { path: string; number: number }) | null> {
  for await (const { number, ...seen } of rotationsOf(path)) {
    if (seen.id !== id) continue;
    const log = await openOrReason(seen.path);
    if (typeof log === "string") continue;
    if (log.info.id === id) return { ...log, path: seen.path, number };
    // It has just got its next number.
    await log.file.close();
  }
  return null;
}

/** As `tailLog`, of the file with this id under whichever name it has now. */
export async function tailRotation(path: string, id: string, limits: LogLimits) {
  const log = await openRotation(path, id);
  if (!log) return null;
  try {
    return { ...(await tailOf(log, limits)), path: log.path };
  } finally {
    await log.file.close();
  }
}

/** What is known of a log file that is held open, so that no other has its id. */
export type Known = Stamp & { isDeleted: boolean; older: Stamp | null };

/** The file that was begun when this one was full. */
export async function findNewer(
  path: string,
  known: Known,
): Promise<{ next: Rotation | null; isSure: boolean }> {
  let next: Rotation | null = null;
  for await (const seen of rotationsOf(path)) {
    if (seen.id === known.id) return { next, isSure: true };
    if (known.isDeleted && seen.path !== path && isOlder(seen, known)) break;
    next = seen;
  }
  if (known.isDeleted) return { next, isSure: next !== null };
  return { next: await lookAt(path), isSure: false };
}

/** A deleted file has no number to go by. Of two last writes in one tick of the clock neither is the older. */
function isOlder(seen: Rotation, { older, writtenNs }: Known): boolean {
  if (seen.writtenNs < writtenNs) return true;
  return seen.id === older?.id && seen.writtenNs === older.writtenNs;
}
