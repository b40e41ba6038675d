import type { Service, ServiceAction } from "@/lib/contract/services";
import { createRunner, type Runner } from "./adapters/command";
import { createGit } from "./adapters/git";
import { answersHttp } from "./adapters/http-probe";
import { JOB_MARK } from "./adapters/job-process";
import type { JobStore } from "./adapters/job-store";
import { createPip } from "./adapters/pip";
import type { UpdateAudit } from "./adapters/update-audit";
import type { UpdatesConfigFile } from "./adapters/updates-config";
import { readPackages } from "./adapters/venv";
import { createWebUi } from "./adapters/web-ui";
import type { Settings } from "./env";
import type { Logs } from "./logs";
import { redact } from "./redact";
import { constraintsFor } from "./update-constraints";
import { createInvokeDatabase } from "./update-database";
import { createEntryCheck } from "./update-entry";
import { createHealth } from "./update-health";
import type { PlannedJob, UpdateJobDeps } from "./update-job";
import { createUpdateParts, type Snapshot, type Staged } from "./update-parts";
import { type JobRecord, toAuditEntry } from "./update-record";
import { findOwnSource, type Location } from "./update-sources";
import { changesSince } from "./update-undo";
import type { Desk } from "./update-work";
import { createUpdatedService } from "./updated-service";

/** Without a word from a program for so long, its network is dead. */
const SILENCE_MS = 120_000;

export type JobTools = ReturnType<typeof createJobTools>;

/** Everything that a job works with, made for that job. */
export function createJobTools(deps: {
  settings: Settings;
  store: JobStore<JobRecord>;
  config: UpdatesConfigFile;
  audit: UpdateAudit;
  plan: (
    job: Pick<JobRecord, "id" | "name" | "request">,
    signal: AbortSignal,
  ) => Promise<PlannedJob>;
  find: (name: string) => Promise<Service>;
  act: (name: string, action: ServiceAction) => Promise<unknown>;
  logs: Pick<Logs, "tail" | "mark">;
  /** Lets a service that is held start. */
  release: (name: string) => Promise<void>;
}) {
  const { settings, store } = deps;

  type Run = (signal?: AbortSignal) => Runner;

  function runnerOf(
    { id, trigger }: JobRecord,
    { locks }: Desk,
    onOutput: (text: string) => void,
  ): Run {
    return (signal) =>
      createRunner({
        env: { [JOB_MARK]: id },
        timeoutMs: settings.updates.commandTimeoutMs,
        silenceMs: trigger === "boot" ? settings.updates.bootSilenceMs : SILENCE_MS,
        onOutput,
        inherit: locks.fds,
        ...(signal && { signal }),
      });
  }

  async function forJob(
    record: JobRecord,
    desk: Desk,
    onOutput: (text: string) => void,
  ): Promise<UpdateJobDeps> {
    const { name, id, kind } = record;
    const { place, output } = desk;
    const run = runnerOf(record, desk, onOutput);
    const constraints = await constraintsFor(settings, place.venvDir);
    return {
      write: store.write,
      keep: {
        snapshot: store.file<Snapshot>(name, id, "snapshot.json"),
        staged: store.file<Staged>(name, id, "staged.json"),
      },
      changesSince: (jobId) => changesSince(store, name, jobId),
      isCancelRequested: () => store.isCancelRequested(name, id),
      say: (line) => output.write(`${line}\n`),
      plan: async (request, signal) => {
        if (record.trigger !== "boot") await deps.config.checkWritable(name, kind);
        return deps.plan({ name, id, request }, signal);
      },
      parts: (signal) => partsOf(record, { place, constraints, run: run(signal) }),
      service: serviceOf(record, place, run),
      pin,
      audit: (ended) => deps.audit.append(toAuditEntry(ended)),
    };
  }

  type PartTools = { place: Location; constraints: string | null; run: Runner };

  function partsOf({ id, name }: JobRecord, { place, constraints, run }: PartTools) {
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

  function serviceOf({ name, id }: JobRecord, { venvDir }: Location, run: Run) {
    const health = createHealth({
      limits: settings.updates.health,
      find: deps.find,
      answers: answersHttp,
      logMark: deps.logs.mark,
    });
    const copyOf = (jobId: string) => store.pathOf(name, jobId, "invokeai.db");
    const file = settings.updates.invokeDatabase;
    const hasDatabase = name === "invoke" && venvDir !== null;
    return createUpdatedService(name, {
      find: deps.find,
      act: deps.act,
      answers: answersHttp,
      health,
      tailLog: deps.logs.tail,
      restartsAfterUpdate: async () => (await deps.config.read()).restartAfterUpdate,
      database: hasDatabase ? createInvokeDatabase({ run, venvDir, file, copyOf, id }) : null,
      release: () => deps.release(name),
    });
  }

  /** What the user chose for the next boot; a boot itself chooses nothing. */
  async function pin({ name, kind, trigger, request, after }: JobRecord): Promise<void> {
    if (trigger === "boot" || after === null) return;
    const policy = request.policy ?? "pinned";
    await deps.config.set(name, { kind, policy, target: after.exact });
  }

  return {
    forJob,

    /** Those of a git that was killed. Nobody of ours can be at work: the folders are locked. */
    async removeStaleLocks(record: JobRecord, desk: Desk): Promise<void> {
      const { repoDir } = desk.place;
      if (record.kind !== "git" || repoDir === null) return;
      const git = createGit(runnerOf(record, desk, desk.output.write)());
      await git.removeStaleLocks(repoDir, new Date(record.startedAt)).catch((error: unknown) => {
        desk.output.write(`${error instanceof Error ? error.message : error}\n`);
      });
    },

    /** Forgets what git kept for jobs that one cannot go back from any more. */
    async tidy(record: JobRecord, desk: Desk, jobs: readonly JobRecord[]): Promise<void> {
      const { repoDir } = desk.place;
      if (record.kind !== "git" || repoDir === null || record.endedAt === null) return;
      const shas = jobs.flatMap(({ before, target }) => [before?.exact, target?.exact]);
      const git = createGit(runnerOf(record, desk, () => {})());
      await git.tidy(repoDir, { shas: shas.filter((sha) => sha !== undefined) });
    },
  };
}
