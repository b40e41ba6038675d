import { setTimeout as sleep } from "node:timers/promises";
import { createBootNotes } from "../adapters/boot-notes";
import { newJobId } from "../adapters/job-folders";
import { JOB_MARK } from "../adapters/job-process";
import { killMarkedNow } from "../adapters/process";
import type { Settings } from "../env";
import { isUnavailable } from "../errors";
import { type JobRecord, newRecord } from "../update-record";
import { findOwnSource, sharingVenv, updatableNames } from "../update-sources";
import { createUpdateProgram } from "./update-program";

/** supervisord is started in the same moment as we are. */
const SUPERVISORD_WITHIN_MS = 60_000;
const PAUSE_MS = 250;

/** What the reconcile at boot works with: update jobs done in this process. */
export function createBootUpdates(settings: Settings, readyWithinMs = SUPERVISORD_WITHIN_MS) {
  const { updates, updateFiles, updatePlans, services, holds, work } =
    createUpdateProgram(settings);
  const { store, config } = updateFiles;
  const working = new Set<string>();

  async function perform(errand: "run" | "recover", { name, id }: JobRecord) {
    working.add(id);
    return work.perform(errand, name, id).finally(() => working.delete(id));
  }

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

  /** Ends when no other process works on an update of the service. Answers its last one. */
  async function latestAtRest(name: string): Promise<JobRecord | null> {
    for (;;) {
      const last = await store.latest(name);
      if (last === null || last.endedAt !== null || updates.isCutOff(last)) return last;
      await sleep(PAUSE_MS);
    }
  }

  return {
    names: updatableNames,
    readConfig: config.read,
    sharing: (name: string) => sharingVenv(name, settings),

    async isReady(): Promise<boolean> {
      for (const giveUpAt = Date.now() + readyWithinMs; ; await sleep(PAUSE_MS)) {
        try {
          await services.list();
          return true;
        } catch (error) {
          if (!isUnavailable(error)) throw error;
          if (Date.now() > giveUpAt) return false;
        }
      }
    },

    /** Whoever mends it: another process may have begun, and is waited for. */
    async mend(name: string): Promise<JobRecord | null> {
      const last = await latestAtRest(name);
      if (last === null) return null;
      const isCutOff = updates.isCutOff(last);
      if (!isCutOff && last.audited) return null;
      const ended = (await perform("recover", last)) ?? (await latestAtRest(name));
      return isCutOff ? ended : null;
    },

    async hasFailedBefore(name: string, target: string | null): Promise<boolean> {
      const failures = await updates.failures(name);
      return failures.some((failure) => failure.target === target);
    },

    plan: (name: string, target: string | null) =>
      updatePlans.plan(name, { target, rollbackTo: null }),

    async update(name: string, target: string | null) {
      await latestAtRest(name);
      // A person may have chosen, or installed, another one while this waited for its turn.
      const wanted = await config.read();
      const entry = wanted.enabled ? wanted.services.get(name) : undefined;
      if (!entry?.autoUpdate || entry.target !== target) return null;
      const record = await create(name, target);
      return {
        cancel: () => store.requestCancel(name, record.id),
        ended: perform("run", record),
      };
    },

    /** Not in the middle of an update that a person has started meanwhile: that one releases it. */
    async release(name: string): Promise<void> {
      await latestAtRest(name);
      await holds.releaseOwn(name);
    },
    releaseAll: holds.releaseAllOwn,
    noteProblem: createBootNotes(settings.runDir).add,

    /** For a process that ends in the same moment. The next one goes on from what is on disk. */
    killPrograms(): void {
      for (const id of working) killMarkedNow(JOB_MARK, id);
    },
  };
}
