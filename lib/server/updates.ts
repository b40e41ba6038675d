import type {
  HistoryEntry,
  StartRollback,
  StartUpdate,
  UpdateJob,
  UpdateStatus,
} from "@/lib/contract/updates";
import type { JobErrand } from "./adapters/job-process";
import type { JobStore } from "./adapters/job-store";
import type { UpdateAudit } from "./adapters/update-audit";
import { CATALOGUE } from "./catalogue";
import { AppError } from "./errors";
import { type JobOutput, type JobRecord, newRecord, toUpdateJob } from "./update-record";
import { findOwnSource, SOURCES, updatableNames } from "./update-sources";

const TAIL_LINES = 200;
/** A job's own process says who it is within this time. */
const STARTS_WITHIN_MS = 20_000;
/** A process that is to bring a job to its end may die too: so long until the next one, then twice as long. */
const RECOVER_AGAIN_MS = 15_000;
const RECOVER_AT_LEAST_EVERY_MS = 300_000;
const NO_OUTPUT: JobOutput = { lines: [], lastLine: "", size: 0, path: "" };

/** An exact target that an update did not reach. */
export type Failure = { jobId: string; target: string; error: string; endedAt: number };

/** Update jobs as people see them. The work itself is done by other processes. */
export function createUpdates(deps: {
  store: JobStore<JobRecord>;
  audit: UpdateAudit;
  newId: () => string;
  launch: (
    errand: JobErrand,
    job: { name: string; id: string; stderrPath: string },
  ) => Promise<void>;
  isWorking: (record: JobRecord) => boolean;
  /** Whether what the job laid ready is still on this machine. */
  isHere: (record: JobRecord) => Promise<boolean>;
  /** Names of services whose Python environment or checkout the service works in too. */
  sharing: (name: string) => Promise<string[]>;
  /** Throws where there is nothing that could be updated. */
  requireInstalled: (name: string) => Promise<void>;
  /** Throws where the config of updates cannot be read. */
  checkConfig: () => Promise<unknown>;
  output: (path: string, limits: { lines: number }) => Promise<Omit<JobOutput, "path">>;
  readOutput: (
    path: string,
    how: { reveal: boolean },
  ) => Promise<{ size: number; body: ReadableStream<Uint8Array> } | null>;
  report: (error: unknown) => void;
  clock?: () => number;
}) {
  const { store } = deps;
  const clock = deps.clock ?? (() => Date.now());
  const starting = new Map<string, Promise<UpdateJob>>();
  const failures = new Map<string, { last: string; found: Failure[] }>();
  const recovering = new Map<string, { dueAt: number; pauseMs: number }>();

  async function latest(name: string): Promise<JobRecord | null> {
    const record = await store.latest(name);
    if (record && isCutOff(record)) recoverSoon(record);
    return record;
  }

  function isRunning(record: JobRecord): boolean {
    return record.endedAt === null;
  }

  /** Its process is gone, and the job has no end yet. */
  function isCutOff(record: JobRecord): boolean {
    if (record.endedAt !== null) return false;
    if (record.process !== null) return !deps.isWorking(record);
    return clock() - record.updatedAt > STARTS_WITHIN_MS;
  }

  function recoverSoon(record: JobRecord): void {
    const last = recovering.get(record.id);
    if (last && clock() < last.dueAt) return;
    const pauseMs = last ? Math.min(2 * last.pauseMs, RECOVER_AT_LEAST_EVERY_MS) : RECOVER_AGAIN_MS;
    recovering.set(record.id, { dueAt: clock() + pauseMs, pauseMs });
    launch("recover", record).catch(deps.report);
  }

  function launch(errand: JobErrand, { name, id }: JobRecord): Promise<void> {
    return deps.launch(errand, { name, id, stderrPath: store.pathOf(name, id, "stderr.log") });
  }

  /** What was left half done is gone with the machine that it was done on. */
  async function forgive(record: JobRecord): Promise<void> {
    const outcome = `${record.display} was left half done, on a machine that was made anew since.`;
    await store.write({ ...record, whole: true, touched: false, outcome });
  }

  async function show(record: JobRecord, withOutput = true): Promise<UpdateJob> {
    const path = store.pathOf(record.name, record.id, "output.log");
    if (!withOutput) return toUpdateJob(record, { ...NO_OUTPUT, path });
    const output = await deps.output(path, { lines: TAIL_LINES });
    return toUpdateJob(record, { ...output, path });
  }

  /** One at a time for each service: whoever comes second gets the first one's job. */
  function begin(
    name: string,
    actor: string,
    wish: Pick<JobRecord, "trigger" | "request">,
  ): Promise<UpdateJob> {
    const running = starting.get(name);
    if (running) return running;
    const job = create(name, actor, wish).finally(() => starting.delete(name));
    starting.set(name, job);
    return job;
  }

  async function create(
    name: string,
    actor: string,
    wish: Pick<JobRecord, "trigger" | "request">,
  ): Promise<UpdateJob> {
    const { source, display } = findOwnSource(name);
    const last = await latest(name);
    if (last && isRunning(last)) return show(last);
    await deps.requireInstalled(name);
    await refuseShared(name, display);
    await deps.checkConfig();
    const record = newRecord(
      {
        id: deps.newId(),
        name,
        display,
        kind: source.kind,
        actor,
        mends: last !== null && !last.whole,
        ...wish,
      },
      clock(),
    );
    await store.create(record);
    await launch("run", record).catch(async (error: unknown) => {
      await store.write({
        ...record,
        state: "error",
        error: error instanceof Error ? error.message : String(error),
        outcome: `Nothing was changed. ${display} stays as it is.`,
        endedAt: clock(),
      });
      throw error;
    });
    return show(record);
  }

  async function refuseShared(name: string, display: string): Promise<void> {
    for (const other of await deps.sharing(name)) {
      const job = await latest(other);
      if (!job || !isRunning(job)) continue;
      throw new AppError(
        "conflict",
        `${job.display} is being updated, and ${display} works in the same Python environment. Wait for its end, or cancel it.`,
      );
    }
  }

  async function findJob(name: string, id: string | undefined): Promise<JobRecord> {
    refuseUnknown(name);
    const record = id === undefined ? await latest(name) : await store.read(name, id);
    if (record) return record;
    const which = id === undefined ? "has had no update here" : `has no update ${id}`;
    throw new AppError("not_found", `${name} ${which}.`);
  }

  return {
    start(
      name: string,
      { target_version, keep_edits, policy }: StartUpdate,
      actor = "user",
    ): Promise<UpdateJob> {
      const request = {
        target: target_version || null,
        keepEdits: keep_edits ?? false,
        policy: policy ?? null,
        rollbackTo: null,
      };
      return begin(name, actor, { trigger: "user", request });
    },

    /** Back to what was there before a job; without an id, before the last one that changed something. */
    async rollback(
      name: string,
      { to, keep_edits }: StartRollback,
      actor = "user",
    ): Promise<UpdateJob> {
      refuseUnknown(name);
      const last = await latest(name);
      if (last && isRunning(last)) return show(last);
      if (last && !last.whole && (to ?? last.id) === last.id) {
        recovering.delete(last.id);
        await store.write({ ...last, state: "running", endedAt: null, updatedAt: clock() });
        await launch("recover", last);
        return show({ ...last, state: "running", endedAt: null });
      }
      const job = to ? await store.read(name, to) : await lastChange(name);
      if (!job || !(await hasSnapshot(job)))
        throw new AppError("not_found", `Nothing is kept that ${name} could go back to.`);
      const request = {
        target: null,
        keepEdits: keep_edits ?? false,
        policy: null,
        rollbackTo: job.id,
      };
      return begin(name, actor, { trigger: "rollback", request });
    },

    async status(name: string): Promise<UpdateStatus> {
      refuseUnknown(name);
      const record = await latest(name);
      return record ? show(record) : { name, state: "idle" };
    },

    /** The newest job of each service that has one, without its output. */
    async jobs(): Promise<UpdateJob[]> {
      const all = await Promise.all(updatableNames().map(latest));
      return Promise.all(all.filter((job) => job !== null).map((job) => show(job, false)));
    },

    async cancel(name: string): Promise<UpdateJob> {
      const record = await findJob(name, undefined);
      if (!isRunning(record)) throw new AppError("conflict", `No update of ${name} is running.`);
      const tooLate = () =>
        new AppError("conflict", `The update of ${name} is done already; roll it back.`);
      if (record.committed) throw tooLate();
      await store.requestCancel(name, record.id);
      if ((await store.read(name, record.id))?.committed) throw tooLate();
      return show({ ...record, cancelling: true });
    },

    /** Where a job's output is written, as it comes. */
    async outputPath(name: string, id: string | undefined): Promise<string> {
      return store.pathOf(name, (await findJob(name, id)).id, "output.log");
    },

    async log(name: string, { job: id, reveal }: { job?: string | undefined; reveal: boolean }) {
      const record = await findJob(name, id);
      const log = await deps.readOutput(store.pathOf(name, record.id, "output.log"), { reveal });
      if (!log) throw new AppError("not_found", `The update ${record.id} has written nothing yet.`);
      return { ...log, fileName: `${name}-update-${record.id}.log` };
    },

    async history(wish: { service?: string | undefined; limit: number }): Promise<HistoryEntry[]> {
      const entries = await deps.audit.read(wish);
      return Promise.all(
        entries.map(async (entry) => {
          const job = entry.job_id
            ? await store.read(entry.service, entry.job_id).catch(() => null)
            : null;
          return {
            ...entry,
            display: CATALOGUE.get(entry.service)?.display ?? entry.service,
            has_log: job !== null,
            can_roll_back: job !== null && (await canRollBack(job)),
          };
        }),
      );
    },

    latest,
    isCutOff,

    /** What failed since the last update that went well, newest first. */
    async failures(name: string): Promise<Failure[]> {
      const last = await store.latest(name);
      const known = failures.get(name);
      if (known && last && known.last === last.id && last.endedAt !== null) return known.found;
      const jobs = await store.list(name);
      const well = jobs.findIndex(({ changed }) => changed);
      const found = jobs.slice(0, well === -1 ? jobs.length : well).flatMap(failureOf);
      if (last) failures.set(name, { last: last.id, found });
      return found;
    },

    /** A sentence where the service is in the middle of an update and must be left alone; null where it is not. */
    async busyWith(name: string): Promise<string | null> {
      const job = updatableNames().includes(name) ? await store.latest(name) : null;
      if (!job || !isRunning(job) || !job.touched) return null;
      return `${job.display} is being updated: wait for its end, or cancel the update.`;
    },

    /** Brings to an end what was cut off while this server was away, and writes audit lines that are missing. */
    async recover(): Promise<void> {
      for (const name of updatableNames()) {
        for (const record of await store.list(name)) {
          if (isCutOff(record) || (record.endedAt !== null && !record.audited)) recoverSoon(record);
          else if (!record.whole && !(await deps.isHere(record))) await forgive(record);
        }
      }
    },
  };

  async function lastChange(name: string): Promise<JobRecord | null> {
    for (const job of await store.list(name)) if (await canRollBack(job)) return job;
    return null;
  }

  async function canRollBack(job: JobRecord): Promise<boolean> {
    return job.changed && hasSnapshot(job);
  }

  function hasSnapshot({ name, id }: JobRecord): Promise<boolean> {
    return store.has(name, id, "snapshot.json");
  }
}

function failureOf({ id, state, interrupted, target, error, endedAt }: JobRecord): Failure[] {
  const hasFailed = !interrupted && (state === "error" || state === "rolled_back");
  if (!hasFailed || target === null || endedAt === null) return [];
  return [{ jobId: id, target: target.exact, error: error ?? "It failed.", endedAt }];
}

function refuseUnknown(name: string): void {
  if (!SOURCES.has(name)) throw new AppError("not_found", `There is no service "${name}".`);
}
