import { readdirSync, readFileSync } from "node:fs";

/** Those that run with `text` somewhere in their environment; what has ended and waits for its parent has none. */
export function pidsWith(text: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => textOf(`/proc/${pid}/environ`).includes(text)).map(Number);
}

export function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

/** Ends them, and what they start while they are being ended. */
export function killAllWith(text: string): void {
  for (let pids = pidsWith(text); pids.length > 0; pids = pidsWith(text)) pids.forEach(kill);
}

/** Ends a process that may have ended by itself meanwhile. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
