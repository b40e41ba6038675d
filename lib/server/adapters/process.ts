import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../errors";

const KILL_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 20;

/** Whether a process of this machine lives. One in another namespace counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Unlike one that lives, it has not ended either: an ended one stays until it is waited for. */
export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && stat.state !== "Z" && stat.state !== "X";
}

/** The name of the program that it runs, "bash"; null where that cannot be told. */
export function programOf(pid: number): string | null {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return null;
  }
}

/** What tells a process from every other one that has or had its number; null where it does not run. */
export function identify(pid: number): string | null {
  const stat = readStat(pid);
  if (stat === null || stat.state === "Z" || stat.state === "X") return null;
  const boot = readProc("sys/kernel/random/boot_id")?.trim() ?? "";
  return `${pid} ${stat.startedAt} ${boot}`;
}

export function isSame(pid: number, identity: string): boolean {
  return identify(pid) === identity;
}

/**
 * Ends, at once, every process of this user that was started with NAME=value in its environment,
 * but for this one and those it was started by. Answers how many there were, once they are gone;
 * throws `conflict` where some do not go. Asks `mayKill` between seeing them and ending them, and
 * ends at a no.
 */
export async function killMarked(
  name: string,
  value: string,
  mayKill: () => Promise<boolean> = async () => true,
): Promise<number> {
  const killed = new Set<number>();
  const deadline = performance.now() + KILL_WITHIN_MS;
  // One that is just becoming another program shows no environment, so one clear look is not enough.
  for (let clearLooks = 0; clearLooks < 2; ) {
    const marked = listMarked(name, value);
    if (marked.length > 0 && !(await mayKill())) break;
    for (const pid of marked) kill(pid);
    for (const pid of marked) killed.add(pid);
    clearLooks = marked.length === 0 ? clearLooks + 1 : 0;
    if (performance.now() > deadline) throw stillThere(marked);
    await delay(LOOK_EVERY_MS);
  }
  return killed.size;
}

/** In one look, for a process that ends in the same moment: nothing of ours runs between the two. */
export function killMarkedNow(name: string, value: string): void {
  for (const pid of listMarked(name, value)) kill(pid);
}

function listMarked(name: string, value: string): number[] {
  const mark = `${name}=${value}`;
  const spared = new Set(lineage(process.pid));
  return listPids().filter((pid) => !spared.has(pid) && isMarked(pid, mark));
}

function stillThere(pids: number[]): AppError {
  const message = `Processes that an update left behind do not end: ${pids.join(", ")}. End them by hand, or restart the machine.`;
  return new AppError("conflict", message);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}

function listPids(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function isMarked(pid: number, mark: string): boolean {
  const environment = isOurs(pid) ? readProc(`${pid}/environ`) : null;
  return environment?.split("\0").includes(mark) ?? false;
}

function isOurs(pid: number): boolean {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

/** The process and those it was started by. */
function lineage(pid: number): number[] {
  const parent = readStat(pid)?.parent ?? 0;
  return parent > 0 ? [pid, ...lineage(parent)] : [pid];
}

function readStat(pid: number): { state: string; parent: number; startedAt: string } | null {
  const text = readProc(`${pid}/stat`);
  if (text === null) return null;
  // The program's name stands in parentheses and may hold any character.
  const [state = "", parent = "", ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent), startedAt: rest[17] ?? "" };
}

function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return null;
  }
}
