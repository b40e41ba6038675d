import { randomUUID } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { type FileHandle, open, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../errors";
import { faultCode } from "./file-faults";

/** `before` is null where there is no file yet. */
export type Change = { path: string; before: Buffer | null; after: Buffer };

/** A file that is a mount point, a folder that takes no new files, an owner that only root can give. */
const CANNOT_REPLACE = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

/**
 * Replaces the file in one step, with its mode and owner; where it cannot be replaced, its content.
 * Answers false, and has changed nothing, where the file no longer holds `before`.
 */
export async function writeChange(change: Change): Promise<boolean> {
  const folder = dirname(change.path);
  const temporary = join(folder, `.controlpilot-${randomUUID()}.tmp`);
  try {
    await writeTemporary(temporary, change);
    // In one breath: whatever another program writes between the two is lost.
    if (!isUnchanged(change)) return false;
    renameSync(temporary, change.path);
  } catch (error) {
    const { before } = change;
    if (before === null || !CANNOT_REPLACE.has(faultCode(error) ?? "")) throw error;
    return await overwrite({ ...change, before });
  } finally {
    await rm(temporary, { force: true });
  }
  // Some file systems cannot do this; the file is replaced all the same.
  await Promise.allSettled([syncFolder(folder)]);
  return true;
}

async function writeTemporary(temporary: string, { path, before, after }: Change): Promise<void> {
  const file = await open(temporary, "wx", before ? 0o600 : 0o666);
  try {
    if (before) await copyOwnerAndMode(path, file);
    await fill(file, after);
  } finally {
    await file.close();
  }
}

async function copyOwnerAndMode(path: string, file: FileHandle): Promise<void> {
  const [wanted, own] = await Promise.all([stat(path), file.stat()]);
  if (wanted.uid !== own.uid || wanted.gid !== own.gid) await file.chown(wanted.uid, wanted.gid);
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

async function overwrite({ path, before, after }: Change & { before: Buffer }): Promise<boolean> {
  const file = await open(path, "r+");
  try {
    if (!before.equals(await file.readFile())) return false;
    await fill(file, after)
      .then(() => verify(path, after))
      .catch((reason) => restore(file, { path, before }, reason));
    return true;
  } finally {
    await file.close();
  }
}

async function verify(path: string, bytes: Buffer): Promise<void> {
  if (bytes.equals(await readFile(path))) return;
  throw Object.assign(new Error(`${path} does not hold what was written`), { code: "EIO" });
}

async function restore(
  file: FileHandle,
  { path, before }: { path: string; before: Buffer },
  reason: unknown,
): Promise<never> {
  try {
    await fill(file, before);
  } catch (cause) {
    const sentence = `${path} was written in part only (${faultCode(reason)}), and its old text could not be put back (${faultCode(cause)}).`;
    throw new AppError("conflict", sentence, { cause });
  }
  throw reason;
}

/** Leaves the file with exactly these bytes, on the disk. */
async function fill(file: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, written)).bytesWritten;
  }
  await file.truncate(bytes.length);
  await file.sync();
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
