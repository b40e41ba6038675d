import { readFile, statfs } from "node:fs/promises";
import {
  arch,
  cpus,
  freemem,
  loadavg,
  release,
  totalmem,
  type as typeOfSystem,
  uptime,
} from "node:os";
import type { Runner } from "./command";

const GPU_QUERY = [
  "--query-gpu=name,driver_version,memory.total,memory.used,utilization.gpu,temperature.gpu",
  "--format=csv",
];

export type MachineFacts = ReturnType<typeof createMachineFacts>;

/** What the system tells of the machine, for whoever has to find out what is wrong with it. */
export function createMachineFacts(run: Runner) {
  return {
    async system() {
      const osRelease = await readFile("/etc/os-release", "utf8").catch(() => "");
      return {
        node: process.version,
        os: /^PRETTY_NAME="?([^"\n]*)/m.exec(osRelease)?.[1] ?? typeOfSystem(),
        kernel: `${typeOfSystem()} ${release()} ${arch()}`,
        supervisord: await say(run("supervisord", ["--version"])),
      };
    },

    /** As nvidia-smi prints it; a sentence where there is none, or none that answers. */
    gpu: () => say(run("nvidia-smi", GPU_QUERY)),

    async load() {
      return {
        up_seconds: Math.round(uptime()),
        cores: cpus().length,
        load: loadavg(),
        memory_bytes: { total: totalmem(), free: freemem() },
        /** What the container may use, and uses. */
        container_memory: {
          limit: await readLimit("memory.max"),
          used: await readLimit("memory.current"),
        },
      };
    },

    async disk(path: string) {
      const { bsize, blocks, bavail, files, ffree } = await statfs(path);
      return {
        path,
        total_bytes: blocks * bsize,
        free_bytes: bavail * bsize,
        files,
        free_files: ffree,
      };
    },

    environmentNames: (env: NodeJS.Dict<string> = process.env) => Object.keys(env).sort(),
  };
}

async function say(answer: ReturnType<Runner>): Promise<string> {
  const { ok, command, exitCode, timedOut, stdout, stderr } = await answer;
  if (ok) return stdout.trim();
  if (timedOut) return `${command} did not answer.`;
  return `${command} ended with ${exitCode}: ${(stderr || stdout).trim()}`;
}

async function readLimit(name: string): Promise<string | null> {
  const text = await readFile(`/sys/fs/cgroup/${name}`, "utf8").catch(() => null);
  return text?.trim() ?? null;
}
