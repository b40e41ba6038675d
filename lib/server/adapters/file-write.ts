import { readFileSync, renameSync } from "node:fs";
import { type FileHandle, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../errors";
import { cannotReplace, faultCode } from "./file-faults";
import { fillFile, overwriteFile } from "./file-overwrite";
import { syncFolder } from "./folder-sync";
import { giveTo, removeLeftTemporaries, withTemporaryFile } from "./temporary-file";

/** A file that is missing is a fault where it is not to be created. */
export type Kind = {
  create: boolean;
  /** For its owner only. A file that people edit too keeps its mode and owner. */
  isPrivate: boolean;
};
/** `before` is null where there is no file yet. */
type Change = { path: string; before: Buffer | null; after: Buffer; isPrivate: boolean };

const TRIES = 5;

/**
 * Gives the file the bytes that `edit` makes of its own, in one step and on the disk; where nothing
 * can take its place, its content is changed. `edit` answers null for no change, and runs again where
 * another program has changed the file meanwhile. One editor of this program at a time.
 */
export async function changeFile(
  path: string,
  edit: (before: Buffer | null) => Buffer | null,
  { create, isPrivate }: Kind,
): Promise<void> {
  await removeLeftTemporaries(dirname(path));
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await readBytes(path, create);
    const after = edit(before);
    if (after === null || (await replace({ path, before, after, isPrivate }))) return;
  }
  throw new AppError(
    "conflict",
    `${path} keeps being changed by another program: try again in a moment. Nothing was written.`,
  );
}

async function readBytes(path: string, create: boolean): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (create && faultCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Answers false, and has changed nothing, where the file no longer holds `before`. */
async function replace(change: Change): Promise<boolean> {
  const { path, before, after, isPrivate } = change;
  const mode = isPrivate || before ? 0o600 : 0o666;
  try {
    const isReplaced = await withTemporaryFile(
      dirname(path),
      async (file, temporary) => {
        if (before && !isPrivate) await copyOwnerAndMode(path, file);
        await fillFile(file, after);
        // In one breath: whatever another program writes between the two is lost.
        if (!isUnchanged(change)) return false;
        renameSync(temporary, path);
        return true;
      },
      mode,
    );
    if (isReplaced) await syncFolder(dirname(path));
    return isReplaced;
  } catch (error) {
    if (before === null || !cannotReplace(error)) throw error;
    return await overwriteFile(path, before, after);
  }
}

async function copyOwnerAndMode(path: string, file: FileHandle): Promise<void> {
  const wanted = await stat(path);
  await giveTo(wanted, file);
  await file.chmod(wanted.mode & 0o7777);
}

function isUnchanged({ path, before }: Change): boolean {
  try {
    const now = readFileSync(path);
    return before?.equals(now) ?? false;
  } catch (error) {
    if (faultCode(error) !== "ENOENT") throw error;
    return before === null;
  }
}
