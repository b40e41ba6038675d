import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { createRunner, type Runner } from "./adapters/command";
import { type FolderLocks, lockFolders } from "./adapters/folder-lock";
import { createGit } from "./adapters/git";
import { answersHttp } from "./adapters/http-probe";
import { createJobOutput, type JobOutputFile } from "./adapters/job-output";
import type { JobErrand } from "./adapters/job-process";
import type { JobStore } from "./adapters/job-store";
import { createPip } from "./adapters/pip";
import { identify, killMarked } from "./adapters/process";
import type { UpdateAudit } from "./adapters/update-audit";
import type { UpdatesConfigFile } from "./adapters/updates-config";
import { readPackages } from "./adapters/venv";
import { createWebUi } from "./adapters/web-ui";
import type { Settings } from "./env";
import type { Logs } from "./logs";
import { redact } from "./redact";
import { constraintsFor } from "./update-app";
import { createInvokeDatabase } from "./update-database";
import { createEntryCheck } from "./update-entry";
import { createHealth } from "./update-health";
import { createUpdateJob, type PlannedJob, type UpdateJobDeps } from "./update-job";
import { createUpdateParts, type Snapshot, type Staged } from "./update-parts";
import { createProgressReader } from "./update-progress";
import { planPrune } from "./update-prune";
import { type JobRecord, toAuditEntry } from "./update-record";
import { findOwnSource, type Location, locate } from "./update-sources";
import { createUpdatedService } from "./updated-service";

/** Marks every program that a job runs, so that what a killed job left running can be found. */
const JOB_MARK = "CONTROLPILOT_JOB";
/** Without a word from a program for so long, its network is dead. */
const SILENCE_MS = 120_000;
const BOOT_SILENCE_MS = 45_000;
/** How long a job that is to be mended waits for the programs of the killed one to be gone. */
const LOCK_WAIT_MS = { run: 3000, recover: 60_000 } as const;
const LOCK_PAUSE_MS = 200;

/** Does the work of update jobs in this process: for the program that is started for one, and at boot. */
export function createUpdateWork(deps: {
  settings: Settings;
  store: JobStore<JobRecord>;
  config: UpdatesConfigFile;
  audit: UpdateAudit;
  plan: (job: Pick<JobRecord, "id" | "name" | "request">) => Promise<PlannedJob>;
  find: (name: string) => Promise<Service>;
  act: (name: string, action: ServiceAction) => Promise<unknown>;
  logs: Pick<Logs, "tail" | "mark">;
  /** supervisord has not started yet. */
  isBoot: boolean;
}) {
  const { settings, store } = deps;

  /** Ends when the job has. Answers its record; null where another process works on it. */
  async function perform(errand: JobErrand, name: string, id: string): Promise<JobRecord | null> {
    if (errand === "recover") await killMarked(JOB_MARK, id);
    const place = await locate(findOwnSource(name).source, settings);
    const locks = await lock(place, LOCK_WAIT_MS[errand]);
    const record = await store.read(name, id);
    if (record === null) return null;
    if (locks === null && errand === "recover") return null;
    const output = createJobOutput(store.pathOf(name, id, "output.log"), { redact });
    try {
      if (locks === null) return await refuseLocked(record, output);
      const mine = { ...record, pid: process.pid, process: identify(process.pid) };
      if (record.endedAt === null) await store.write(mine);
      return await doJob(errand, mine, { place, locks, output });
    } finally {
      output.close();
      locks?.release();
    }
  }

  type Tools = { place: Location; locks: FolderLocks; output: JobOutputFile };

  async function doJob(errand: JobErrand, record: JobRecord, tools: Tools): Promise<JobRecord> {
    const { place, output } = tools;
    if (errand === "recover") await removeLocks(record, tools);
    const readProgress = createProgressReader();
    const onOutput = (text: string) => {
      output.write(text);
      const progress = readProgress(text);
      if (progress !== null) job.sayProgress(progress);
    };
    const run = (signal?: AbortSignal) => runner(record, tools, { signal, onOutput });
    const constraints = await constraintsFor(settings, place.venvDir);
    const job = createUpdateJob(record, jobDeps(record, { place, constraints, output, run }));
    const ended = errand === "run" ? await job.run() : await job.recover();
    await prune(record.name);
    return ended;
  }

  function runner(
    { id }: JobRecord,
    { locks }: Tools,
    { signal, onOutput }: { signal: AbortSignal | undefined; onOutput: (text: string) => void },
  ): Runner {
    return createRunner({
      env: { [JOB_MARK]: id },
      timeoutMs: settings.updates.commandTimeoutMs,
      silenceMs: deps.isBoot ? BOOT_SILENCE_MS : SILENCE_MS,
      onOutput,
      inherit: locks.fds,
      ...(signal && { signal }),
    });
  }

  type PartTools = { place: Location; constraints: string | null; run: Runner };
  type JobTools = Omit<PartTools, "run"> & {
    output: JobOutputFile;
    run: (signal?: AbortSignal) => Runner;
  };

  function jobDeps(record: JobRecord, tools: JobTools): UpdateJobDeps {
    const { place, constraints, output, run } = tools;
    const { name, id } = record;
    return {
      write: store.write,
      keep: {
        snapshot: store.file<Snapshot>(name, id, "snapshot.json"),
        staged: store.file<Staged>(name, id, "staged.json"),
      },
      snapshotOf: (jobId) => store.file<Snapshot>(name, jobId, "snapshot.json").need(),
      isCancelRequested: () => store.isCancelRequested(name, id),
      say: (line) => output.write(`${line}\n`),
      plan: (request) => deps.plan({ name, id, request }),
      parts: (signal) => parts(record, { place, constraints, run: run(signal) }),
      service: service(record, place, run()),
      pin,
      audit: (ended) => deps.audit.append(toAuditEntry(ended)),
    };
  }

  function parts({ id, name }: JobRecord, { place, constraints, run }: PartTools) {
    const { source } = findOwnSource(name);
    return createUpdateParts(
      { id, source, place },
      {
        git: createGit(run),
        pip: createPip(run, { redact }),
        webUi: createWebUi(run),
        constraints,
        readPackages,
        checkEntry: createEntryCheck(run, source),
      },
    );
  }

  function service({ name, id }: JobRecord, { venvDir }: Location, run: Runner) {
    const health = createHealth({
      limits: settings.updates.health,
      find: deps.find,
      answers: answersHttp,
      logMark: deps.logs.mark,
    });
    const copyOf = (jobId: string) => store.pathOf(name, jobId, "invokeai.db");
    const database =
      name === "invoke" && venvDir
        ? createInvokeDatabase({ run, venvDir, file: settings.updates.invokeDatabase, copyOf, id })
        : null;
    return createUpdatedService(name, {
      find: deps.find,
      act: deps.act,
      answers: answersHttp,
      health,
      tailLog: deps.logs.tail,
      restartsAfterUpdate: async () => (await deps.config.read()).restartAfterUpdate,
      database,
      isBoot: deps.isBoot,
    });
  }

  /** What the user chose for the next boot; a boot itself chooses nothing. */
  async function pin({ name, kind, trigger, request, after }: JobRecord): Promise<void> {
    if (trigger === "boot" || after === null) return;
    const policy = request.policy ?? "pinned";
    await deps.config.set(name, { kind, policy, target: after.exact });
  }

  async function lock(place: Location, waitMs: number): Promise<FolderLocks | null> {
    const folders = [place.repoDir, place.venvDir].filter((folder) => folder !== null);
    for (const giveUpAt = Date.now() + waitMs; ; await sleep(LOCK_PAUSE_MS)) {
      const locks = await lockFolders(folders);
      if (locks !== null || Date.now() > giveUpAt) return locks;
    }
  }

  async function refuseLocked(record: JobRecord, output: JobOutputFile): Promise<JobRecord> {
    const error = `Another update is at work in the folders of ${record.display}. Wait for its end.`;
    const outcome = `Nothing was changed. ${error}`;
    output.write(`${outcome}\n`);
    const ended: JobRecord = { ...record, state: "error", error, outcome, endedAt: Date.now() };
    await store.write(ended);
    await deps.audit.append(toAuditEntry(ended));
    await store.write({ ...ended, audited: true });
    return ended;
  }

  /** Those of a git that was killed. Nobody else can be at work: the folders are locked. */
  async function removeLocks(record: JobRecord, { place, locks, output }: Tools): Promise<void> {
    const { kind, startedAt } = record;
    if (kind !== "git" || place.repoDir === null) return;
    const onOutput = output.write;
    const git = createGit(
      runner(record, { place, locks, output }, { signal: undefined, onOutput }),
    );
    await git.removeStaleLocks(place.repoDir, new Date(startedAt));
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
