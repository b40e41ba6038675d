import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, realpathSync } from "node:fs";
import { text } from "node:stream/consumers";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";

const DEADLINE_MS = 10_000;
/** What `flock -n` ends with where somebody else holds the lock. */
const HELD = 1;

export type FolderLocks = {
  /** For children that work in the folders: what outlives us keeps the lock until it ends, too. */
  fds(): number[];
  release(): void;
};

/**
 * Locks the folders for this process: nobody else gets any of them until we, and every child that
 * inherited them, have ended, however that comes. Null where somebody else holds one of them.
 */
export async function lockFolders(paths: readonly string[]): Promise<FolderLocks | null> {
  const fds: number[] = [];
  const release = () => {
    for (const fd of fds.splice(0)) closeSync(fd);
  };
  try {
    // Sorted, so that two who want the same folders do not each end up with some of them.
    for (const folder of [...new Set(paths.map(resolveFolder))].sort()) {
      const fd = openFolder(folder);
      fds.push(fd);
      if (await flock(fd, folder)) continue;
      release();
      return null;
    }
  } catch (error) {
    release();
    throw error;
  }
  return { fds: () => [...fds], release };
}

function resolveFolder(path: string): string {
  return explained(path, () => realpathSync(path));
}

function openFolder(folder: string): number {
  return explained(folder, () => openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY));
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = faultCode(error);
    throw code === null ? error : new AppError("conflict", sayFault(code, path), { cause: error });
  }
}

/** Node has no flock. The lock belongs to the open folder, which the program shares with us. */
async function flock(fd: number, folder: string): Promise<boolean> {
  const child = spawn("flock", ["-n", "3"], {
    stdio: ["ignore", "ignore", "pipe", fd],
    timeout: DEADLINE_MS,
  });
  const words = child.stderr ? text(child.stderr) : "";
  const [exitCode] = await once(child, "close").catch((cause: unknown) => {
    throw new AppError("unavailable", sayWhy(cause), { cause });
  });
  if (exitCode === 0 || exitCode === HELD) return exitCode === 0;
  const reason = (await words).trim() || `flock ended with ${exitCode ?? "no answer"}`;
  throw new AppError("unavailable", `${folder} cannot be locked: ${reason}.`);
}

function sayWhy(error: unknown): string {
  const isMissing = faultCode(error) === "ENOENT";
  return isMissing
    ? "flock is not on this machine: install the package util-linux."
    : `flock cannot be started (${faultCode(error)}).`;
}
