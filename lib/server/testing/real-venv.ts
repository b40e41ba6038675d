import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createRunner, type RunnerDefaults } from "../adapters/command";

const exec = promisify(execFile);

export type RealVenv = Awaited<ReturnType<typeof createVenv>>;

/** A virtual environment with pip, in a folder of its own. Takes three seconds: make one, and copy it. */
export async function createVenv() {
  const folder = await mkdtemp(join(tmpdir(), "venvs-"));
  const dir = join(folder, "venv");
  await exec("/usr/bin/python3", ["-m", "venv", dir]);
  let copies = 0;

  async function pointAt(venvDir: string, url: string, extra = ""): Promise<void> {
    const lines = [`index-url = ${url}`, `extra-index-url = ${extra}`, "find-links ="];
    await writeFile(join(venvDir, "pip.conf"), `[global]\n${lines.join("\n")}\n`);
  }

  async function copyOf(from: string): Promise<string> {
    copies += 1;
    const copied = join(folder, `copy-${copies}`);
    await cp(from, copied, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return copied;
  }

  return {
    dir,
    /** For what a test wants to keep beside it. */
    folder,
    /** Another one like it, for one test. */
    async copy(indexUrl?: string): Promise<string> {
      const copied = await copyOf(dir);
      if (indexUrl) await pointAt(copied, indexUrl);
      return copied;
    },
    copyOf,
    /** Writes the environment's own pip.conf. */
    pointAt,
    /** Runs programs as an update does, with a pip cache of this venv alone and no configuration of the machine. */
    runner(defaults: Partial<RunnerDefaults> = {}) {
      const env = { PIP_CACHE_DIR: join(folder, "cache"), PIP_FIND_LINKS: undefined, HOME: folder };
      return createRunner({ timeoutMs: 60_000, ...defaults, env: { ...env, ...defaults.env } });
    },
    /** Installs without a word to the adapters under test. */
    async pip(venvDir: string, ...args: string[]): Promise<void> {
      const { PIP_FIND_LINKS: _, ...env } = process.env;
      await exec(join(venvDir, "bin/python"), ["-m", "pip", "--no-cache-dir", ...args], { env });
    },
    sitePackages: async (venvDir: string): Promise<string> => {
      const [python = ""] = await readdir(join(venvDir, "lib"));
      return join(venvDir, "lib", python, "site-packages");
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
