import { readdirSync, readFileSync } from "node:fs";
import { commandOf, pidsWith } from "../../scripts/testing/processes";
import type { Machine } from "../machine";

/** The server, and what it or its programs have started; not what supervisord has. */
export function ownPids({ dir }: Machine): number[] {
  return pidsWith(`WORKSPACE_ROOT=${dir}`);
}

/** Those of them that run this program of ControlPilot's. */
export function programsOf(machine: Machine, program: string): number[] {
  return ownPids(machine).filter((pid) => commandOf(pid).includes(program));
}

export function childrenOf(parent: number): number[] {
  return processes()
    .filter((one) => one.parent === parent)
    .map(({ pid }) => pid);
}

/** What these have started, and not waited for once it had ended. */
export function zombiesOf(parents: readonly number[]): number[] {
  const dead = processes().filter(({ state }) => state === "Z");
  return dead.filter(({ parent }) => parents.includes(parent)).map(({ pid }) => pid);
}

function processes(): { pid: number; parent: number; state: string }[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid: Number(pid), parent: Number(parent), state }];
    } catch {
      return [];
    }
  });
}
