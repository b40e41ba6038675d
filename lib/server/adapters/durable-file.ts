import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { explainFault } from "./file-faults";

/**
 * Gives the file this text in one step: whatever happens meanwhile, it holds its old text or the new
 * one, and once this returns the new one survives a loss of power. One writer of a process at a time.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await withFile(temporary, "w", async (file) => {
      await file.writeFile(text);
      await file.sync();
    });
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw explainFault(error, path);
  }
}

/** Puts on the disk which files are in the folder. Some file systems cannot, and need not. */
export async function syncFolder(folder: string): Promise<void> {
  await Promise.allSettled([withFile(folder, "r", (handle) => handle.sync())]);
}

async function withFile<T>(
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags, 0o600);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
