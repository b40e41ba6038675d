import { join } from "node:path";
import type { Service } from "@/lib/contract/services";
import { createRunner, type Runner } from "./adapters/command";
import { freeBytes, sizeOf } from "./adapters/disk";
import { recordedSize, sizeOfFiles } from "./adapters/file-sizes";
import { createGit } from "./adapters/git";
import { newJobId } from "./adapters/job-folders";
import { tailOutput } from "./adapters/job-output";
import { createJobProcess, JOB_MARK } from "./adapters/job-process";
import { createJobStore } from "./adapters/job-store";
import { readLog } from "./adapters/log-file";
import { createPip } from "./adapters/pip";
import { isSame } from "./adapters/process";
import { createRemoteRefs } from "./adapters/remote-refs";
import { createUpdateAudit } from "./adapters/update-audit";
import { createUpdatesConfig } from "./adapters/updates-config";
import { readPackages } from "./adapters/venv";
import type { Settings } from "./env";
import { AppError } from "./errors";
import { readInstalled } from "./installed";
import { redact } from "./redact";
import { constraintsFor } from "./update-constraints";
import { createUpdateFacts } from "./update-facts";
import { hasStaging } from "./update-parts";
import { createUpdatePlans } from "./update-plans";
import { JobRecord } from "./update-record";
import { createUpdateRefs } from "./update-refs";
import { createUpdateSettings } from "./update-settings";
import { expectedAt, findOwnSource, locate, type OwnSource, sharingVenv } from "./update-sources";
import { changesSince } from "./update-undo";
import { createUpdates } from "./updates";
import type { LastJob } from "./version-row";
import { createVersions } from "./versions";

/** For what nobody waits for: a question to a source has deadlines of its own. */
const COMMAND_TIMEOUT_MS = 120_000;

type AskingJob = { id: string; signal: AbortSignal };

/** Puts together all that has to do with updates. */
export function createUpdateApp(
  settings: Settings,
  deps: { services: () => Promise<Service[]>; report: (error: unknown) => void },
) {
  const { report } = deps;
  const store = createJobStore<JobRecord>(settings.updates.jobsDir, JobRecord);
  const config = createUpdatesConfig(settings.updates.configPath);
  const audit = createUpdateAudit(settings.updates.auditPath);
  const jobProcess = createJobProcess(join(settings.binDir, "update-job.mjs"));

  const updates = createUpdates({
    store,
    audit,
    newId: () => newJobId(new Date()),
    launch: jobProcess.launch,
    isWorking: ({ pid, process }) => pid !== null && process !== null && isSame(pid, process),
    isHere: async ({ id, name }) => {
      const place = await locate(findOwnSource(name).source, settings);
      return hasStaging(createGit(createRunner({ timeoutMs: COMMAND_TIMEOUT_MS })), { id, place });
    },
    sharing: (name) => sharingVenv(name, settings),
    requireInstalled,
    checkConfig: config.read,
    output: tailOutput,
    readOutput: readLog,
    report,
  });

  function readNow(source: OwnSource) {
    const git = createGit(createRunner({ timeoutMs: COMMAND_TIMEOUT_MS }));
    return readInstalled(source, settings, { git, readPackages });
  }

  async function requireInstalled(name: string): Promise<void> {
    const { source, display } = findOwnSource(name);
    if (await readNow(source)) return;
    const where = expectedAt(source, settings);
    throw new AppError("conflict", `${display} is not installed: there is nothing at ${where}.`);
  }

  function toolsFor(run: Runner) {
    return { git: createGit(run), pip: createPip(run, { redact }), refs: createRemoteRefs(run) };
  }

  function tools(signal: AbortSignal) {
    return toolsFor(createRunner({ signal, timeoutMs: COMMAND_TIMEOUT_MS }));
  }

  function toolsOfJob(job: AskingJob, deadline: AbortSignal) {
    const signal = AbortSignal.any([deadline, job.signal]);
    const env = { [JOB_MARK]: job.id };
    return toolsFor(createRunner({ signal, env, timeoutMs: COMMAND_TIMEOUT_MS }));
  }

  async function lastJob(name: string): Promise<LastJob | null> {
    const record = await updates.latest(name);
    if (record === null) return null;
    const cutOff = updates.isCutOff(record) || !record.whole;
    const step = record.steps.findLast(({ state }) => state === "running" || state === "error");
    return {
      id: record.id,
      state: record.state,
      whole: record.whole,
      isRunning: record.endedAt === null,
      interruptedAt: cutOff ? (step?.title ?? null) : null,
      failures: await updates.failures(name),
    };
  }

  /** The job that asks is no reason against itself, and what it runs ends with it. */
  function facts(job: AskingJob | null) {
    return createUpdateFacts({
      tools: job ? (signal) => toolsOfJob(job, signal) : tools,
      readPackages,
      readConfig: config.read,
      services: deps.services,
      busyNames: async () => {
        const jobs = await updates.jobs();
        const busy = jobs.filter(({ id, state }) => state === "running" && id !== job?.id);
        return new Set(busy.map(({ name }) => name));
      },
      lastJob,
      changesSince: (name, id) => changesSince(store, name, id),
      constraintsOf: async (name) =>
        constraintsFor(settings, (await locate(findOwnSource(name).source, settings)).venvDir),
      databaseOf: (name) => (name === "invoke" ? settings.updates.invokeDatabase : null),
      measure: { recordedSize, sizeOfFiles, sizeOfTree: sizeOf, freeBytes },
      dirs: settings,
      report,
    });
  }

  return {
    updates,
    /** What is on disk of updates. */
    updateFiles: { store, config, audit },
    versions: createVersions({
      tools,
      readPackages,
      readConfig: config.read,
      lastJob,
      dirs: settings,
      report,
    }),
    updatePlans: createUpdatePlans(facts(null)),
    plansOfJob: (job: AskingJob) => createUpdatePlans(facts(job)),
    updateRefs: createUpdateRefs({ tools, readPackages, dirs: settings }),
    updateSettings: createUpdateSettings({ config, readInstalled: readNow }),
  };
}
