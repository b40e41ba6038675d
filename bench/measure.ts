import { readFileSync } from "node:fs";

export type Timings = { median: number; p95: number; p99: number };

/** One line of the table: a figure, what it should be, and whether it is. */
export type Report = (what: string, figure: string, target: string, isReached: boolean) => void;

/** Times `work` one after the other, in milliseconds. */
export async function time(
  rounds: number,
  work: (round: number) => Promise<unknown>,
): Promise<Timings> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work(round);
    times.push(performance.now() - began);
  }
  return summary(times);
}

/** Times several things in turns, so that whatever else the machine does falls on all of them. */
export async function timeInTurns<Name extends string>(
  rounds: number,
  works: Record<Name, (round: number) => Promise<unknown>>,
): Promise<Record<Name, Timings>> {
  const names = Object.keys(works) as Name[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const began = performance.now();
      await works[name](round);
      times.get(name)?.push(performance.now() - began);
    }
  }
  const entries = names.map((name) => [name, summary(times.get(name) ?? [])]);
  return Object.fromEntries(entries) as Record<Name, Timings>;
}

export function summary(times: number[]): Timings {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** What a process holds in memory, in KiB. */
export function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
