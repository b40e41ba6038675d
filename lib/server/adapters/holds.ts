import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { faultCode } from "./file-faults";
import { isRunning } from "./process";

/** So long a hold counts before it says whose it is. The launchers, `wait_for_update`, go by the same. */
const UNOWNED_MS = 10_000;

export type Holds = ReturnType<typeof createHolds>;

/**
 * Services that must not start before their update at boot is over: a file for each in
 * `<runDir>/hold`, which holds the pid of the program that works on them. Once that one is gone,
 * however it ended, they are not held any more.
 */
export function createHolds(runDir: string) {
  const folder = join(runDir, "hold");
  const fileOf = (name: string) => join(folder, name);

  /** Empty until somebody works on the service. */
  async function ownerOf(name: string): Promise<string> {
    return (await readFile(fileOf(name), "utf8")).trim();
  }

  async function isHeld(name: string): Promise<boolean> {
    const owner = await ownerOf(name);
    if (owner !== "") return isRunningPid(owner);
    const { mtimeMs } = await stat(fileOf(name));
    return Math.abs(Date.now() - mtimeMs) < UNOWNED_MS;
  }

  async function isAnothers(name: string): Promise<boolean> {
    const owner = await ownerOf(name);
    return owner !== String(process.pid) && isRunningPid(owner);
  }

  async function releaseOwn(name: string): Promise<void> {
    if (!(await readOr(false, () => isAnothers(name)))) await rm(fileOf(name), { force: true });
  }

  return {
    /** Makes the files, which stay empty until somebody works on the services. */
    async hold(names: readonly string[]): Promise<void> {
      await mkdir(folder, { recursive: true });
      await Promise.all(names.map((name) => writeFile(fileOf(name), "")));
    },

    /** Lets the boot start the reconcile, also where it holds no service up. */
    async askForReconcile(): Promise<void> {
      await mkdir(runDir, { recursive: true });
      await writeFile(join(runDir, "reconcile"), "");
    },

    /** Those held now, sorted. What cannot be read holds nothing. */
    async names(): Promise<string[]> {
      const names = await readOr([], () => readdir(folder));
      const held = await Promise.all(names.map((name) => readOr(false, () => isHeld(name))));
      return names.filter((_, index) => held[index]).sort();
    },

    /** Whoever works on it. No error where it is not held. */
    release: (name: string): Promise<void> => rm(fileOf(name), { force: true }),

    /** Not where another process than this one works on it. No error where it is not held. */
    releaseOwn,

    async releaseAllOwn(): Promise<void> {
      await Promise.all((await readOr([], () => readdir(folder))).map(releaseOwn));
    },
  };
}

function isRunningPid(text: string): boolean {
  return /^[1-9]\d*$/.test(text) && isRunning(Number(text));
}

async function readOr<T>(instead: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (faultCode(error) === null) throw error;
    return instead;
  }
}
