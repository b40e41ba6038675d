import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors";
import { orNull } from "./file-presence";
import { removeLeftTemporaries } from "./temporary-file";

const SERVICE_NAME = /^\w[\w.:@+-]{0,199}$/;
const JOB_ID = /^\d{8}T\d{6}-[a-z0-9]{6}$/;
const FILE_NAME = /^\w[\w.-]{0,99}$/;
const REMOVED = ".removed-";
/** Two changes of a folder that are closer than this may leave it with the same time of change. */
const MTIME_COARSE_MS = 2500;
/** A job is written into its folder much sooner. */
const UNWRITTEN_MS = 10 * 60_000;

/** "20261123T101500-abc123": the time in UTC, to the millisecond, so that ids sort by it. */
export function newJobId(now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  const part = now.getUTCMilliseconds().toString(36).padStart(2, "0");
  return `${time}-${part}${randomBytes(2).toString("hex")}`;
}

/** Where jobs lie: `<dir>/<service>/<job id>/`, for this user only. A name or id that is none is `not_found`. */
export function createJobFolders(dir: string) {
  const scans = new Map<string, { ids: string[]; mtimeMs: number }>();

  function folderOf(name: string): string {
    if (SERVICE_NAME.test(name)) return join(dir, name);
    throw new AppError("not_found", `There are no jobs of "${name}".`);
  }

  function jobFolderOf(name: string, id: string): string {
    if (JOB_ID.test(id)) return join(folderOf(name), id);
    throw new AppError("not_found", `There is no job "${id}" of ${name}.`);
  }

  return {
    folderOf,

    pathOf(name: string, id: string, file: string): string {
      if (FILE_NAME.test(file)) return join(jobFolderOf(name, id), file);
      throw new AppError("not_found", `No job has a file "${file}".`);
    },

    async make(name: string, id: string): Promise<void> {
      const folder = jobFolderOf(name, id);
      await mkdir(folderOf(name), { recursive: true, mode: 0o700 });
      await mkdir(folder, { mode: 0o700 });
    },

    names: async (): Promise<string[]> =>
      (await listFolder(dir)).filter((name) => SERVICE_NAME.test(name)),

    /** Newest first. The folder is read again only where it has changed. */
    async idsOf(name: string): Promise<string[]> {
      const folder = folderOf(name);
      const mtimeMs = await mtimeOf(folder);
      const known = scans.get(name);
      if (known && known.mtimeMs === mtimeMs) return known.ids;
      const ids = (await listFolder(folder)).filter((id) => JOB_ID.test(id)).sort();
      ids.reverse();
      if (mtimeMs === null || Date.now() - mtimeMs < MTIME_COARSE_MS) scans.delete(name);
      else scans.set(name, { ids, mtimeMs });
      return ids;
    },

    /** Each is gone in one step; what a kill leaves of it goes with the next removal. */
    async remove(name: string, ids: readonly string[]): Promise<void> {
      const folder = folderOf(name);
      for (const id of ids) await rename(jobFolderOf(name, id), join(folder, REMOVED + id));
      await finishRemovals(folder);
    },

    /** What killed processes left goes: parts of files and of removals, folders without a job. */
    async tidy(name: string): Promise<void> {
      const ids = (await listFolder(folderOf(name))).filter((id) => JOB_ID.test(id));
      await Promise.allSettled(ids.map((id) => tidyJob(jobFolderOf(name, id))));
      await finishRemovals(folderOf(name));
    },
  };
}

async function finishRemovals(folder: string): Promise<void> {
  const removed = (await listFolder(folder)).filter((entry) => entry.startsWith(REMOVED));
  for (const entry of removed) await rm(join(folder, entry), { recursive: true, force: true });
}

async function tidyJob(folder: string): Promise<void> {
  const { mtimeMs } = await stat(folder);
  await removeLeftTemporaries(folder);
  // Of a job it is not empty, and stays.
  if (Date.now() - mtimeMs > UNWRITTEN_MS) await rmdir(folder);
}

async function listFolder(folder: string): Promise<string[]> {
  return (await orNull(readdir(folder), folder)) ?? [];
}

async function mtimeOf(folder: string): Promise<number | null> {
  return (await orNull(stat(folder), folder))?.mtimeMs ?? null;
}
