import { readdirSync, readFileSync } from "node:fs";
import type { Machine } from "../machine";

/** So many more may be open than before: what is just being closed, and what it keeps to watch. */
const MORE_FILES = 20;
const MOST_MEMORY_BYTES = 400 * 1024 * 1024;

/** Of the web server's process: that it is the same one, and as well as it was. */
export async function watchServer(machine: Machine) {
  const pid = await pidOf(machine);
  const files = openFiles(pid);
  let read = machine.read("controlpilot.err.log").length;

  return {
    /** What it has written to its err log since it was asked last: of bugs, and nothing else. */
    reported(): string {
      const text = machine.read("controlpilot.err.log").slice(read);
      read += text.length;
      return text;
    },

    /** Waits until it holds no more than before. Throws where it is another one, or keeps what it took. */
    async expectWell(): Promise<void> {
      if ((await pidOf(machine)) !== pid) throw new Error("The server has ended.");
      await machine.until(() => openFiles(pid) <= files + MORE_FILES);
      await machine.until(() => memoryOf(pid) <= MOST_MEMORY_BYTES);
    },

    state: () => `${openFiles(pid)} open files of ${files}, ${memoryOf(pid) >> 20} MiB`,
  };
}

async function pidOf(machine: Machine): Promise<number | undefined> {
  return (await machine.pids()).get("controlpilot");
}

function openFiles(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function memoryOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
