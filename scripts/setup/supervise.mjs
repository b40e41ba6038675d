import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { probeSocket } from "./network.mjs";
import { markOf, processesOf, signalAll, sweep } from "./processes.mjs";
import { findCommand } from "./requirements.mjs";

/** A supervisord that does not answer for so long is taken to hang. */
const HANG_MS = 5000;
const SWEEP_GRACE_MS = 3000;

/** @typedef {Awaited<ReturnType<typeof runMarked>>} Run */

/**
 * Starts a command whose whole family can be found and ended later. It gets a process group of its own: a Ctrl-C in
 * the terminal reaches this process alone, which then decides on the order. Its output never goes into a pipe:
 * supervisord dies of a broken one before it has stopped its programs.
 * @param {string[]} command @param {{ env: NodeJS.ProcessEnv, output: string | null }} how `output`: a file, or this terminal
 */
export function runMarked(command, { env, output }) {
  const id = randomUUID();
  const [file = "", ...args] = [...untilParentDies(), ...command];
  const sink = output === null ? "inherit" : openSync(output, "w");
  const child = spawn(file, args, {
    detached: true,
    stdio: ["ignore", sink, sink],
    env: { ...env, ...markOf(id) },
  });
  if (typeof sink === "number") closeSync(sink);
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const hasEnded = () => !child.pid || child.exitCode !== null || child.signalCode !== null;
  return { id, pid: child.pid ?? 0, ended, output, hasEnded };
}

/** So that nothing is left either when this process is killed and cannot tidy up. Not every setpriv can do it. */
function untilParentDies() {
  const setpriv = findCommand("setpriv");
  const prefix = setpriv ? [setpriv, "--pdeathsig", "TERM"] : [];
  const works = setpriv && spawnSync(setpriv, [...prefix.slice(1), "true"]).status === 0;
  return works ? prefix : [];
}

/**
 * Ends a run: politely, for as long as it answers on its socket and no one calls `hurry`; then by force.
 * @param {Run} run @param {{ socket: string | null, patienceMs: number, hurry: AbortSignal }} how
 */
export async function endRun(run, { socket, patienceMs, hurry }) {
  if (!run.hasEnded()) {
    signalAll([run.pid], "SIGTERM");
    const hurried = new Promise((resolve) =>
      hurry.addEventListener("abort", resolve, { once: true }),
    );
    const impatient = wait(patienceMs, undefined, { ref: false });
    await Promise.race([run.ended, hurried, impatient, untilSilent(run, socket)]);
  }
  if (!run.hasEnded()) {
    // First the one that would start the others again.
    const family = processesOf(run.id);
    signalAll([run.pid], "SIGKILL");
    signalAll(family, "SIGKILL");
    await run.ended;
  }
  await sweep(run.id, hurry.aborted ? 0 : SWEEP_GRACE_MS);
}

/** @param {Run} run @param {string | null} socket */
async function untilSilent(run, socket) {
  while (socket && !run.hasEnded()) {
    const answer = await probeSocket(socket, HANG_MS);
    if (answer === "ETIMEDOUT") return;
    await wait(500, undefined, { ref: false });
  }
  await run.ended;
}
