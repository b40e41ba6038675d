import { newJobId } from "../adapters/job-folders";
import type { Settings } from "../env";
import { type JobRecord, newRecord } from "../update-record";
import { findOwnSource, sharingVenv, updatableNames } from "../update-sources";
import { createUpdateProgram } from "./update-program";

/** What the reconcile at boot works with: update jobs done in this process, without supervisord. */
export function createBootUpdates(settings: Settings) {
  const { updates, updateFiles, updatePlans, work } = createUpdateProgram(settings, {
    isBoot: true,
  });
  const { store, config } = updateFiles;

  async function create(name: string, target: string | null): Promise<JobRecord> {
    const { source, display } = findOwnSource(name);
    const last = await store.latest(name);
    const request = { target, keepEdits: false, policy: null, rollbackTo: null };
    const record = newRecord(
      {
        id: newJobId(new Date()),
        name,
        display,
        kind: source.kind,
        trigger: "boot",
        actor: "boot",
        mends: last !== null && !last.whole,
        request,
      },
      Date.now(),
    );
    await store.create(record);
    return record;
  }

  return {
    readConfig: config.read,
    sharing: (name: string) => sharingVenv(name, settings),

    async mend(name: string): Promise<JobRecord | null> {
      const last = await store.latest(name);
      if (last === null) return null;
      const isCutOff = updates.isCutOff(last);
      if (!isCutOff && (last.endedAt === null || last.audited)) return null;
      const ended = await work.perform("recover", name, last.id);
      return isCutOff ? ended : null;
    },

    names: updatableNames,

    async hasFailedBefore(name: string, target: string | null): Promise<boolean> {
      const failures = await updates.failures(name);
      return failures.some((failure) => failure.target === target);
    },

    plan: (name: string, target: string | null) =>
      updatePlans.plan(name, { target, rollbackTo: null }),

    async update(name: string, target: string | null) {
      const { id } = await create(name, target);
      return {
        cancel: () => store.requestCancel(name, id),
        ended: work.perform("run", name, id),
      };
    },
  };
}
