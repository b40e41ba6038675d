import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../errors";
import type { CommandResult } from "./command";

const PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3000;

/** Both shapes of it, and what a shallow clone says whose history another git has just changed. */
const BUSY =
  /Unable to create '(.+\.lock)': File exists|could not lock config file (.+): File exists|shallow file has changed/;

/**
 * Asks git again while another git has locked what it needs. Throws `conflict` where that does not
 * end in time; a cancelled or overdue command ends the waiting.
 */
export async function waitForOthers(
  attempt: () => Promise<CommandResult>,
  { dir, patienceMs }: { dir: string; patienceMs: number },
): Promise<CommandResult> {
  const giveUpAt = performance.now() + patienceMs;
  for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const result = await attempt();
    const busy = BUSY.exec(result.stderr);
    if (result.ok || result.cancelled || result.timedOut || !busy) return result;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0) throw stillBusy(dir, busy);
    await pause(Math.min(pauseMs, leftMs));
  }
}

function stillBusy(dir: string, [, lock, config]: RegExpExecArray): AppError {
  const file = lock ?? (config && `${config}.lock`);
  const wayOut = file ? ` If none runs, delete ${resolve(dir, file)}.` : "";
  const sentence = `Another git is working in ${dir}: try again when it has ended.${wayOut}`;
  return new AppError("conflict", sentence);
}
