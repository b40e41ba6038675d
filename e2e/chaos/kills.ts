import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { kill } from "../../scripts/testing/processes";
import type { Machine } from "../machine";
import { childrenOf, ownPids, programsOf } from "./processes";
import type { Random } from "./random";
import type { World } from "./world";

export type Kill = {
  name: string;
  share: number;
  /** ControlPilot is killed, whatever else is. */
  endsServer: boolean;
  /** supervisord is another one, and has started what starts with the machine. */
  restartsAll?: boolean;
  perform: (world: World, random: Random) => Promise<void>;
};

export const KILL_SERVER: Kill = {
  name: "the server",
  share: 40,
  endsServer: true,
  perform: async ({ machine }) => kill(await serverOf(machine)),
};

/** How often each comes, of all. */
export const KILLS: readonly Kill[] = [
  KILL_SERVER,
  {
    name: "the server's process group",
    share: 12,
    endsServer: true,
    perform: async ({ machine }) => signal(-(await serverOf(machine)), "SIGKILL"),
  },
  {
    name: "the server, asked to end",
    share: 10,
    endsServer: true,
    perform: async ({ machine }) => signal(await serverOf(machine), "SIGTERM"),
  },
  {
    name: "the server, by supervisorctl restart",
    share: 5,
    endsServer: true,
    perform: async ({ machine }) => {
      await ctl(machine, "restart", "controlpilot");
    },
  },
  {
    name: "the server, and again while it comes up",
    share: 12,
    endsServer: true,
    perform: async ({ machine }, random) => {
      const first = await serverOf(machine);
      kill(first);
      await machine.until(async () => ![0, first].includes(await machine.pidOf("controlpilot")));
      await sleep(random.below(700));
      kill(await serverOf(machine));
    },
  },
  {
    name: "the server, while supervisord is frozen",
    share: 5,
    endsServer: true,
    perform: async ({ machine }, random) => {
      const pid = await serverOf(machine);
      machine.freezeSupervisord(true);
      await sleep(random.below(1000));
      kill(pid);
      await sleep(random.below(500));
      machine.freezeSupervisord(false);
    },
  },
  {
    name: "the update job",
    share: 4,
    endsServer: false,
    perform: async ({ machine }) => killPrograms(machine, "update-job.mjs"),
  },
  {
    name: "the update job and the server",
    share: 5,
    endsServer: true,
    perform: async ({ machine }) => {
      killPrograms(machine, "update-job.mjs");
      kill(await serverOf(machine));
    },
  },
  {
    name: "the restart guard",
    share: 3,
    endsServer: false,
    perform: async ({ machine }) => killPrograms(machine, "restart-guard.mjs"),
  },
  {
    name: "supervisord with all that it runs",
    share: 3,
    endsServer: true,
    restartsAll: true,
    perform: async ({ machine }) => {
      killTree(supervisordOf(machine));
      await machine.startSupervisord();
    },
  },
  {
    name: "the machine",
    share: 2,
    endsServer: true,
    restartsAll: true,
    perform: async ({ machine }) => {
      killTree(supervisordOf(machine));
      ownPids(machine).forEach(kill);
      await machine.startSupervisord();
    },
  },
];

export async function ctl(machine: Machine, ...words: string[]): Promise<string> {
  const args = ["-c", machine.configPath, ...words];
  return (await promisify(execFile)("supervisorctl", args)).stdout;
}

/** Between two tries of supervisord there is none. */
export async function serverOf(machine: Machine): Promise<number> {
  let pid = 0;
  await machine.until(async () => {
    pid = await machine.pidOf("controlpilot");
    return pid !== 0;
  });
  return pid;
}

function supervisordOf(machine: Machine): number {
  return Number(machine.read("supervisord.pid"));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function killPrograms(machine: Machine, program: string): void {
  for (const pid of programsOf(machine, program)) kill(pid);
}

function killTree(root: number): void {
  const children = childrenOf(root);
  kill(root);
  children.forEach(killTree);
}
