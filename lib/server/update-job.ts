import { setTimeout as sleep } from "node:timers/promises";
import type { UpdatePlan } from "@/lib/contract/updates";
import { AppError } from "./errors";
import { createJournal } from "./update-journal";
import { sayOutcome } from "./update-outcome";
import type { Snapshot, Staged, UpdateParts } from "./update-parts";
import type { ExactTarget, JobRecord } from "./update-record";
import type { Undo } from "./update-undo";
import type { UpdatedService } from "./updated-service";

const CANCEL_POLL_MS = 200;
/** Somebody may free a disk that takes nothing. */
const END_WITHIN_MS = 30_000;
const END_PAUSE_MS = 500;

export type UpdateJobDeps = {
  write: (record: JobRecord) => Promise<void>;
  /** Small files of the job, beside its record. Null where there is none. */
  keep: { snapshot: KeptFile<Snapshot>; staged: KeptFile<Staged> };
  /** What a rollback has to undo. Throws `not_found` where that is not kept any more. */
  changesSince: (jobId: string) => Promise<Undo>;
  isCancelRequested: () => Promise<boolean>;
  /** To the job's output, as a line of its own. */
  say: (line: string) => void;
  /** What would happen. Throws `conflict` where something stands against it. */
  plan: (request: JobRecord["request"], signal: AbortSignal) => Promise<PlannedJob>;
  parts: (signal?: AbortSignal) => UpdateParts;
  service: UpdatedService;
  /** Writes the choice for the next boot. */
  pin: (record: JobRecord) => Promise<void>;
  audit: (record: JobRecord) => Promise<void>;
  clock?: () => number;
};

/** `overwrittenFiles` are the files among `plan.overwritten`. */
export type PlannedJob = { plan: UpdatePlan; target: ExactTarget; overwrittenFiles: string[] };

export type KeptFile<T> = { read: () => Promise<T | null>; write: (value: T) => Promise<void> };

/**
 * Does one update or rollback, or brings one that was cut off to its end. Both answer the ended
 * record, with the service at the new version or, in whole, at the old one.
 */
export function createUpdateJob(record: JobRecord, deps: UpdateJobDeps) {
  const clock = deps.clock ?? (() => Date.now());
  const journal = createJournal(record, deps.write, clock);
  const controller = new AbortController();
  const { signal } = controller;

  async function run(): Promise<JobRecord> {
    const failure = await watchingCancel(forward);
    if (failure === null) await end({ state: "done" });
    else await back(failure.reason);
    return journal.record();
  }

  /** Null where all went well. */
  async function watchingCancel(work: () => Promise<void>): Promise<{ reason: unknown } | null> {
    const stopWatching = watchCancel();
    try {
      await work();
      return null;
    } catch (reason) {
      return { reason };
    } finally {
      stopWatching();
    }
  }

  /** From where the record says that its process was cut off. */
  async function recover(): Promise<JobRecord> {
    const { committed, target, steps, touched, endedAt } = journal.record();
    if (endedAt !== null) {
      await close();
      return journal.record();
    }
    const step = steps.findLast(({ state }) => state === "running");
    const where = step ? ` at “${step.title}”` : "";
    deps.say(`The update was interrupted${where}.`);
    try {
      await journal.set({ interrupted: !committed });
      if (touched && !(await deps.parts().hasStaging())) {
        // Nothing of what the job changed outlived the machine that it was changed on.
        await journal.set({ touched: false });
        throw new AppError(
          "conflict",
          `It was interrupted${where}, and the machine was made anew.`,
        );
      }
      if (!committed || target === null)
        throw new AppError("conflict", `It was interrupted${where}.`);
      // It may have been on its way back when the disk took no word of that.
      await deps.parts().check(target);
      await journal.step("commit", commit);
      await end({ state: "done" });
    } catch (error) {
      if (await deps.isCancelRequested()) controller.abort();
      await back(error);
    }
    return journal.record();
  }

  async function forward(): Promise<void> {
    const parts = deps.parts(signal);
    const planned = await journal.step("preflight", () => preflight(parts));
    const { plan, target } = planned;
    if (plan.nothing_to_do && !journal.record().mends) {
      await journal.set({ after: target });
      await journal.skipPending();
      return;
    }
    await stopIfCancelled();
    await journal.step("snapshot", (say) => takeSnapshot(parts, say));
    await stopIfCancelled();
    await journal.step("fetch", (say) => fetch(parts, target, say));
    await stopIfCancelled();
    await journal.set({ touched: true, touchedAt: clock(), was: await deps.service.capture() });
    await journal.step("apply", () => apply(parts, planned));
    await stopIfCancelled();
    await journal.step("dependencies", (say) => install(parts, target, say));
    await stopIfCancelled();
    await restart();
    await stopIfCancelled();
    await journal.step("commit", commit);
  }

  async function preflight(parts: UpdateParts): Promise<PlannedJob & { detail: string }> {
    const { request } = journal.record();
    await journal.set({ before: await parts.current() });
    const planned = await deps.plan(request, signal);
    refuse(planned.plan, request.keepEdits);
    await journal.set({ target: planned.target });
    return { ...planned, detail: sayChecked(planned.plan) };
  }

  async function takeSnapshot(parts: UpdateParts, say: (detail: string) => void) {
    const snapshot = await parts.takeSnapshot();
    say(snapshot.detail);
    const database = await deps.service.copyDatabase(signal);
    await deps.keep.snapshot.write({ ...snapshot.snapshot, database });
    return database ? `${snapshot.detail}, and its database` : snapshot.detail;
  }

  async function fetch(parts: UpdateParts, target: ExactTarget, say: (detail: string) => void) {
    const { request, mends } = journal.record();
    const { rollbackTo } = request;
    const undo = rollbackTo === null ? null : (await deps.changesSince(rollbackTo)).changes;
    const { staged, detail } = await parts.fetch(target, { undo, everything: mends, say });
    await deps.keep.staged.write(staged);
    return detail;
  }

  async function apply(parts: UpdateParts, { plan, target, overwrittenFiles }: PlannedJob) {
    if (plan.overwritten.length > 0) {
      const kept = { branch: keptBranchName(journal.record()), paths: overwrittenFiles };
      await journal.set({ kept });
      await parts.keepEdits(kept);
      deps.say(`Your edits are on the branch ${kept.branch}.`);
    }
    return parts.apply(target);
  }

  async function install(parts: UpdateParts, target: ExactTarget, say: (detail: string) => void) {
    const staged = await deps.keep.staged.read();
    const detail = staged === null ? null : await parts.install(staged, say);
    await parts.check(target);
    return detail ?? "nothing to install";
  }

  async function restart(): Promise<void> {
    const { was, request } = journal.record();
    const why = await deps.service.whyNotRestarted(was);
    if (why !== null) {
      if (was?.state === "stopped") await deps.service.putDatabaseBack(request.rollbackTo);
      await journal.skip("restart", why);
      await journal.skip("health", null);
      return;
    }
    await journal.set({ restarted: true });
    await journal.step("restart", () => deps.service.restart(was, request.rollbackTo));
    if (was?.state === "broken") await journal.skip("health", "it did not run well before either");
    else await journal.step("health", (say) => deps.service.watch(was, say, signal));
  }

  async function commit(): Promise<string | null> {
    try {
      await journal.set({ after: journal.record().target, committed: true, changed: true });
      // Who cancels looks whether it is committed after asking; we look whether they asked after that.
      await stopIfCancelled();
      await deps.pin(journal.record());
    } catch (error) {
      await journal.set({ after: null, committed: false, changed: false });
      throw error;
    }
    return null;
  }

  /** Nothing that was begun is left half done, whatever the reason. */
  async function back(reason: unknown): Promise<void> {
    const isCancelled = signal.aborted;
    const error = isCancelled ? null : sayReason(reason);
    if (error) deps.say(error);
    // A disk that takes nothing must not keep what was changed from being put back.
    journal.goOnWithout((lost) => deps.say(sayReason(lost)));
    const { touched, touchedAt, was, mends } = journal.record();
    if (journal.record().restarted && error) await tolerate(noteFailedLog);
    await journal.skipPending();
    await journal.set({ error, cancelling: isCancelled });
    if (!touched) return end({ state: isCancelled ? "cancelled" : "error" });
    // Somebody, or the machine's start, may have started what was half done.
    if (await deps.service.hasRestarted(was, touchedAt)) await journal.set({ restarted: true });
    const whole = (await restore()) && !mends;
    if (journal.record().restarted) await recheck();
    const ended = isCancelled ? "cancelled" : "rolled_back";
    await end({ state: whole ? ended : "error", whole });
  }

  async function restore(): Promise<boolean> {
    try {
      await journal.step("restore", async () => {
        const { restarted, kept, request } = journal.record();
        const [snapshot, staged] = [await deps.keep.snapshot.read(), await deps.keep.staged.read()];
        if (snapshot === null) throw new AppError("conflict", "The snapshot cannot be read.");
        const stopping = restarted ? deps.service.stop() : Promise.resolve();
        const [stopped] = await Promise.allSettled([stopping]);
        const detail = await deps.parts().restore(snapshot, staged, kept);
        // What runs on is the new version, and its database is in use.
        if (stopped.status === "rejected") throw stopped.reason;
        if (restarted || request.rollbackTo !== null) await deps.service.restoreDatabase();
        return detail;
      });
      return true;
    } catch (error) {
      deps.say(sayReason(error));
      return false;
    }
  }

  async function recheck(): Promise<void> {
    const { was } = journal.record();
    if (was?.state === "broken") return tolerate(deps.service.start);
    if (was?.state !== "running" && was?.state !== "held") return;
    // What does not come up now is said, and stays as it was before the update.
    await journal
      .step("recheck", async (say) => {
        await deps.service.start();
        return deps.service.watch(was, say);
      })
      .catch((error: unknown) => deps.say(sayReason(error)));
  }

  async function noteFailedLog(): Promise<void> {
    await journal.set({ failedLog: await deps.service.failedLog() });
  }

  async function end(changes: Pick<JobRecord, "state"> & { whole?: boolean }): Promise<void> {
    const ended = { ...journal.record(), ...changes, cancelling: false };
    const outcome = sayOutcome(ended);
    deps.say(outcome);
    const last = { ...changes, outcome, cancelling: false, endedAt: clock() };
    const touched = ended.touched && !ended.whole;
    await patiently(() => journal.setNow({ ...last, touched, pid: null, process: null }));
    await close();
  }

  /** Without its end on the disk a job is not over: the next process brings it there again. */
  async function patiently(work: () => Promise<void>): Promise<void> {
    for (const giveUpAt = Date.now() + END_WITHIN_MS; ; await sleep(END_PAUSE_MS)) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof AppError) || Date.now() > giveUpAt) throw error;
      }
    }
  }

  /** What an ended job leaves behind, and what the next process does where this one cannot. */
  async function close(): Promise<void> {
    await tolerate(async () => {
      await deps.audit(journal.record());
      if (journal.record().whole) await deps.parts().clean();
      await journal.set({ audited: true });
    });
  }

  async function tolerate(work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => deps.say(sayReason(error)));
  }

  async function stopIfCancelled(): Promise<void> {
    if (!signal.aborted && (await deps.isCancelRequested())) {
      deps.say("Cancelled: going back to what was there.");
      controller.abort();
      await journal.set({ cancelling: true });
    }
    signal.throwIfAborted();
  }

  /** A cancel ends what a step is waiting for, not only what comes after it. */
  function watchCancel(): () => void {
    const watching = new AbortController();
    const watch = async () => {
      for (;;) {
        await sleep(CANCEL_POLL_MS, undefined, { signal: watching.signal, ref: false });
        if (!journal.record().committed) await stopIfCancelled();
      }
    };
    // Ends with the job, or with the cancel.
    watch().catch(() => {});
    return () => watching.abort();
  }

  return { run, recover, sayProgress: journal.say };
}

function refuse({ overwritten }: UpdatePlan, keepEdits: boolean): void {
  if (overwritten.length === 0 || keepEdits) return;
  const files = overwritten.slice(0, 20).join(", ");
  const more = overwritten.length > 20 ? ` and ${overwritten.length - 20} more` : "";
  const wayOut = "Keep them on a branch (keep_edits), or undo them.";
  throw new AppError("conflict", `It would overwrite local edits: ${files}${more}. ${wayOut}`);
}

function sayChecked(plan: UpdatePlan): string {
  if (plan.nothing_to_do) return "it is there already";
  const edits = plan.local_changes.length;
  const said = edits === 0 ? "no local edits" : `${edits} local ${edits === 1 ? "edit" : "edits"}`;
  const free = plan.disk.free_bytes;
  return free === null ? said : `${said}, ${Math.floor(free / 1e9)} GB free`;
}

function keptBranchName({ id }: JobRecord): string {
  return `controlpilot/edits-${id}`;
}

function sayReason(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
