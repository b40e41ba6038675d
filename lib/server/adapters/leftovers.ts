import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { removeLeftLocks } from "./file-lock";
import { removeLeftTempFolders } from "./temp-folder";
import { removeLeftTemporaries } from "./temporary-file";

/** Removes what processes that were killed have left: beside these files, of their temporary folders and locks. */
export async function removeLeftovers(files: readonly string[]): Promise<void> {
  const folders = new Set(await Promise.all(files.map(folderOf)));
  await Promise.all([...folders].map(removeLeftTemporaries));
  await removeLeftTempFolders();
  await removeLeftLocks();
}

/** A file behind a symbolic link is written where it lies. */
async function folderOf(file: string): Promise<string> {
  return dirname(await realpath(file).catch(() => file));
}
