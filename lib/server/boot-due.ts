import type { UpdateEntry, UpdatesConfig } from "./adapters/updates-config";
import type { JobRecord } from "./update-record";
import { isSameTarget } from "./version-order";

/**
 * Finds the services that the reconcile at boot has work with, from this machine's disk alone: those
 * whose last update was cut off, and those that service-updates.toml wants in another version.
 */
export function createBootDue(deps: {
  /** All services that are updated here. */
  names: () => string[];
  latest: (
    name: string,
  ) => Promise<Pick<JobRecord, "endedAt" | "whole" | "pid" | "process"> | null>;
  /** Whether a process of this machine works on it. */
  isWorking: (job: Pick<JobRecord, "pid" | "process">) => boolean;
  readConfig: () => Promise<UpdatesConfig>;
  kindOf: (name: string) => "git" | "pip";
  /** The full commit, or the version; null where it is not installed. */
  readExact: (name: string) => Promise<string | null>;
  /** Says what went wrong and what follows, and lets the rest go on. */
  report: (error: unknown, consequence: string) => Promise<void>;
}) {
  async function readWishes(): Promise<UpdatesConfig["services"]> {
    try {
      const { enabled, services } = await deps.readConfig();
      return enabled ? services : new Map();
    } catch (error) {
      await deps.report(error, "No version is re-applied at this boot.");
      return new Map();
    }
  }

  async function isDue(name: string, wish: UpdateEntry | undefined): Promise<boolean> {
    const last = await deps.latest(name);
    const isCutOff = last !== null && last.endedAt === null && !deps.isWorking(last);
    if (isCutOff || !wish?.autoUpdate) return isCutOff;
    const installed = await deps.readExact(name);
    if (installed === null) return false;
    const isHalfDone = last !== null && !last.whole;
    const { target } = wish;
    return isHalfDone || target === null || !isSameTarget(deps.kindOf(name), installed, target);
  }

  async function isSurelyDue(name: string, wish: UpdateEntry | undefined): Promise<boolean> {
    try {
      return await isDue(name, wish);
    } catch (error) {
      await deps.report(
        error,
        `Whether ${name} has to be updated is not known: it starts as it is.`,
      );
      return false;
    }
  }

  return {
    async find(): Promise<string[]> {
      const wishes = await readWishes();
      const names = deps.names();
      const due = await Promise.all(names.map((name) => isSurelyDue(name, wishes.get(name))));
      return names.filter((_, index) => due[index]);
    },
  };
}
