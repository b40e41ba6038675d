import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Marks everything that is started with it in its environment, however far it has moved from its parent.
 * @param {string} runId
 */
export const markOf = (runId) => ({ CONTROLPILOT_RUN: runId });

/** Every living process of a run. @param {string} runId @returns {number[]} */
export function processesOf(runId) {
  const mark = `CONTROLPILOT_RUN=${runId}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOrNothing(`/proc/${pid}/environ`).split("\0").includes(mark))
    .map(Number);
}

/** A process may end, or belong to somebody else. @param {string} path */
function readOrNothing(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** @param {number[]} pids @param {NodeJS.Signals} signal */
export function signalAll(pids, signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** Ends what is left of a run: asks first, then kills. @param {string} runId @param {number} graceMs */
export async function sweep(runId, graceMs) {
  signalAll(processesOf(runId), "SIGTERM");
  const deadline = performance.now() + graceMs;
  while (processesOf(runId).length > 0 && performance.now() < deadline) await wait(50);
  signalAll(processesOf(runId), "SIGKILL");
}
