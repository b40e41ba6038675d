import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type FolderLocks, lockFolders } from "./adapters/folder-lock";
import { createJobOutput, type JobOutputFile } from "./adapters/job-output";
import { JOB_MARK, type JobErrand } from "./adapters/job-process";
import type { JobStore } from "./adapters/job-store";
import { identify, isSame, killMarked } from "./adapters/process";
import type { UpdateAudit } from "./adapters/update-audit";
import { AppError } from "./errors";
import { redact } from "./redact";
import { createUpdateJob } from "./update-job";
import type { JobTools } from "./update-job-tools";
import { createProgressReader } from "./update-progress";
import { planPrune } from "./update-prune";
import { type JobRecord, toAuditEntry } from "./update-record";
import { findOwnSource, type Location, locate, type SourceDirs } from "./update-sources";

/** How long a job waits for its folders: whoever works there now, or what a killed job has left running. */
const LOCK_WAIT_MS = { run: 3000, recover: 60_000 } as const;
const LOCK_PAUSE_MS = 200;

/** What one process needs to work on one job. */
export type Desk = { place: Location; locks: FolderLocks; output: JobOutputFile };

/** Does the work of update jobs in this process: for the program that is started for one, and at boot. */
export function createUpdateWork(deps: {
  dirs: SourceDirs;
  store: JobStore<JobRecord>;
  audit: UpdateAudit;
  tools: JobTools;
}) {
  const { store, tools } = deps;

  /** Ends when the job has. Answers its record; null where another process works on it. */
  async function perform(errand: JobErrand, name: string, id: string): Promise<JobRecord | null> {
    const output = createJobOutput(store.pathOf(name, id, "output.log"), { redact });
    try {
      return await performAt(output, errand, { name, id });
    } catch (error) {
      // Nobody but the record can tell that this went wrong before there was a job to say so.
      output.write(`${sentenceOf(error)}\n`);
      await noteFailure(errand, { name, id }, sentenceOf(error));
      throw error;
    } finally {
      output.close();
    }
  }

  type Job = Pick<JobRecord, "name" | "id">;

  async function performAt(output: JobOutputFile, errand: JobErrand, { name, id }: Job) {
    const place = await locate(findOwnSource(name).source, deps.dirs);
    const locks = await (errand === "run" ? lock(place, LOCK_WAIT_MS.run) : seize(place, name, id));
    try {
      const record = await store.read(name, id);
      if (record === null || !isDue(errand, record)) return record;
      if (locks === null) return errand === "run" ? await refuseLocked(record, output) : null;
      const mine = { ...record, pid: process.pid, process: identify(process.pid) };
      if (record.endedAt === null) await store.write(mine);
      return await doJob(errand, mine, { place, locks, output });
    } finally {
      locks?.release();
    }
  }

  /** One that was slow to begin may find its job brought to an end by another process. */
  function isDue(errand: JobErrand, { endedAt, process }: JobRecord): boolean {
    return errand === "recover" || (endedAt === null && process === null);
  }

  async function doJob(errand: JobErrand, record: JobRecord, desk: Desk): Promise<JobRecord> {
    if (errand === "recover" && record.endedAt === null) await tools.removeStaleLocks(record, desk);
    const readProgress = createProgressReader();
    const onOutput = (text: string) => {
      desk.output.write(text);
      const progress = readProgress(text);
      if (progress !== null) job.sayProgress(progress);
    };
    const job = createUpdateJob(record, await tools.forJob(record, desk, onOutput));
    const ended = await (errand === "run" ? job.run() : job.recover());
    await tidy(ended, desk).catch((error: unknown) => desk.output.write(`${sentenceOf(error)}\n`));
    return ended;
  }

  async function lock(place: Location, waitMs: number): Promise<FolderLocks | null> {
    const folders = [place.repoDir, place.venvDir].filter((folder) => folder !== null);
    for (const giveUpAt = Date.now() + waitMs; ; await sleep(LOCK_PAUSE_MS)) {
      const locks = await lockFolders(folders);
      if (locks !== null || Date.now() > giveUpAt) return locks;
    }
  }

  /** From what a killed job has left running, never from a process that works on the job. */
  async function seize(place: Location, name: string, id: string): Promise<FolderLocks | null> {
    const locks = await lock(place, 0);
    const isFree = async () => {
      const record = locks === null ? await store.read(name, id) : null;
      return record === null || !isWorking(record);
    };
    if (!(await isFree())) return null;
    // Who takes the job on says so before it starts a program: what was there before is left over.
    await killMarked(JOB_MARK, id, isFree);
    return locks ?? lock(place, LOCK_WAIT_MS.recover);
  }

  function isWorking({ pid, process }: JobRecord): boolean {
    return pid !== null && process !== null && isSame(pid, process);
  }

  function refuseLocked(record: JobRecord, output: JobOutputFile): Promise<JobRecord> {
    const error = `Another update is at work in the folders of ${record.display}. Wait for its end.`;
    output.write(`${error}\n`);
    return endUntouched(record, error);
  }

  async function endUntouched(record: JobRecord, error: string): Promise<JobRecord> {
    const outcome = `Nothing was changed. ${error}`;
    const ended: JobRecord = { ...record, state: "error", error, outcome, endedAt: Date.now() };
    await store.write(ended);
    await deps.audit.append(toAuditEntry(ended));
    await store.write({ ...ended, audited: true });
    return ended;
  }

  /** What was not begun ends here; what was is tried again, and says meanwhile what stands in the way. */
  async function noteFailure(errand: JobErrand, { name, id }: Job, sentence: string) {
    const record = await store.read(name, id).catch(() => null);
    if (record === null || record.endedAt !== null) return;
    if (errand === "run" && !record.touched) await endUntouched(record, sentence);
    else await store.write({ ...record, error: sentence, process: null, pid: null });
  }

  /** The job has ended well or not; what it leaves behind is no reason to say otherwise. */
  async function tidy(record: JobRecord, desk: Desk): Promise<void> {
    await prune(record.name);
    await tools.tidy(record, desk, await store.list(record.name));
  }

  async function prune(name: string): Promise<void> {
    const plan = planPrune(await store.list(name));
    for (const { id } of plan.snapshots) {
      for (const file of ["snapshot.json", "staged.json", "invokeai.db"])
        await rm(store.pathOf(name, id, file), { force: true });
    }
    const doomed = new Set(plan.jobs.map(({ id }) => id));
    if (doomed.size > 0) await store.prune(name, ({ id }) => !doomed.has(id));
  }

  return { perform };
}

function sentenceOf(error: unknown): string {
  return error instanceof AppError ? error.message : String(error);
}
