import { execFile } from "node:child_process";
import { cp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";
import { syncFolder } from "./folder-sync";

/** A program that is still at work in a folder may write into it while it is removed. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;
const COPY = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true } as const;

/**
 * Brings a folder to a free name, in one step: until then nothing is there, and `from` stays whole.
 * Across disks, and out of the layers of a container's image, it is a copy that leaves `from` behind.
 */
export async function bringFolder(from: string, to: string): Promise<void> {
  try {
    await rename(from, to).catch((error: unknown) => {
      if (faultCode(error) !== "EXDEV") throw error;
      return copyFolder(from, to);
    });
  } catch (cause) {
    const code = faultCode(cause);
    if (code === null) throw cause;
    throw new AppError("conflict", `${from} cannot be moved. ${sayFault(code, to)}`, { cause });
  }
  for (const folder of new Set([dirname(from), dirname(to)])) await syncFolder(folder);
}

async function copyFolder(from: string, to: string): Promise<void> {
  const draft = draftOf(to);
  await rm(draft, REMOVE);
  try {
    await cp(from, draft, COPY);
    await promisify(execFile)("sync", ["-f", draft]);
    await rename(draft, to);
  } catch (error) {
    await rm(draft, REMOVE).catch(() => {});
    throw error;
  }
}

/** With what `bringFolder` may have left of it when it was killed. */
export async function removeFolder(path: string): Promise<void> {
  for (const folder of [draftOf(path), path]) await rm(folder, REMOVE);
}

function draftOf(path: string): string {
  return `${path}.tmp`;
}
