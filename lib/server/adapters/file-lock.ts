import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";

const WAIT_MS = 10_000;
const STALE_MS = 5_000;
const NAME = /^controlpilot-[\da-f]{32}\.lock$/;
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while no other caller, in this process or another one, holds the lock of `path`.
 * The lock lies in the folder for temporary files, so that it works beside read-only files too.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const turn = Promise.allSettled([queues.get(path)]).then(() => runLocked(path, work));
  queues.set(path, turn);
  try {
    return await turn;
  } finally {
    if (queues.get(path) === turn) queues.delete(path);
  }
}

async function runLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const release = await acquire(path);
  try {
    return await work();
  } finally {
    // A lock that was lost meanwhile cannot be given back, and need not be.
    await Promise.allSettled([release()]);
  }
}

async function acquire(path: string): Promise<() => Promise<void>> {
  const name = createHash("sha256").update(path).digest("hex").slice(0, 32);
  const lockfilePath = join(tmpdir(), `controlpilot-${name}.lock`);
  for (const deadline = Date.now() + WAIT_MS; ; ) {
    try {
      return await tryLock(path, lockfilePath);
    } catch (error) {
      const code = faultCode(error);
      if (code !== "ELOCKED") throw explainLock(error, lockfilePath);
      if (Date.now() > deadline) throw error;
    }
    await delay(5 + Math.random() * 20);
  }
}

/** Throws ELOCKED while another process holds it; one that was killed does not for long. */
function tryLock(path: string, lockfilePath: string): Promise<() => Promise<void>> {
  const options = { lockfilePath, realpath: false, stale: STALE_MS, onCompromised: () => {} };
  return lock(path, options);
}

/** Removes the locks of processes that were killed more than some seconds ago. They hold up nobody. */
export async function removeLeftLocks(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const paths = names.filter((name) => NAME.test(name)).map((name) => join(tmpdir(), name));
  await Promise.allSettled(
    paths.map(async (path) => {
      const release = await tryLock(path, path);
      await release();
    }),
  );
}

function explainLock(error: unknown, lockfilePath: string): unknown {
  const code = faultCode(error);
  if (code === null) return error;
  return new AppError("conflict", `The lock cannot be made. ${sayFault(code, lockfilePath)}`);
}
