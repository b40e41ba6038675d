import { createApps } from "../adapters/apps";
import { createAutostartChoices } from "../adapters/autostart-choices";
import { createBootNotes } from "../adapters/boot-notes";
import { createRunner } from "../adapters/command";
import { createGit } from "../adapters/git";
import { createHolds } from "../adapters/holds";
import { createJobStore } from "../adapters/job-store";
import { isMountPoint } from "../adapters/mounts";
import { isSame } from "../adapters/process";
import { createSupervisorConf } from "../adapters/supervisor-conf";
import { createSwitchedOff } from "../adapters/switched-off";
import { createUpdatesConfig } from "../adapters/updates-config";
import { readPackages } from "../adapters/venv";
import { createBootAutostart } from "../boot-autostart";
import { createBootDue } from "../boot-due";
import { CATALOGUE, isLaunchedByPilot } from "../catalogue";
import type { Settings } from "../env";
import { AppError } from "../errors";
import { readExact } from "../installed";
import { JobRecord } from "../update-record";
import { findOwnSource, updatableNames } from "../update-sources";

const GIT_DEADLINE_MS = 5000;

/**
 * What is done before supervisord starts, from this machine's disk alone. `env` is what supervisord's
 * config may use. A part that fails is a problem of this boot, and the others are done all the same.
 */
export function createBootPreparation(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
) {
  const notes = createBootNotes(settings.runDir);
  const holds = createHolds(settings.runDir);
  const conf = createSupervisorConf(settings.configPath, env);
  const updatesConfig = createUpdatesConfig(settings.updates.configPath);
  const jobs = createJobStore<JobRecord>(settings.updates.jobsDir, JobRecord);
  const apps = createApps(settings);
  const git = createGit(createRunner({ timeoutMs: GIT_DEADLINE_MS }));

  async function note(sentence: string): Promise<void> {
    say(sentence);
    await notes.add(sentence);
  }

  async function report(error: unknown, consequence: string): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof AppError)) say(error instanceof Error ? `${error.stack}` : message);
    await note(`${message.replace(/(?<![.!?])$/, ".")} ${consequence}`);
  }

  const autostart = createBootAutostart({
    conf,
    choices: createAutostartChoices(settings.autostartChoicesPath),
    switchedOff: createSwitchedOff(settings.configPath),
    isMachines: async (file) => file === settings.configPath && !(await isMountPoint(file)),
    async isAbsent(name, { options }) {
      const entry = CATALOGUE.get(name);
      if (!entry || settings.standIns || !isLaunchedByPilot(options.command)) return false;
      return !(await apps.isPresent(entry.candidates));
    },
    say,
    report,
  });
  const due = createBootDue({
    names: updatableNames,
    latest: jobs.latest,
    isWorking: ({ pid, process }) => pid !== null && process !== null && isSame(pid, process),
    readConfig: updatesConfig.read,
    kindOf: (name) => findOwnSource(name).source.kind,
    readExact: (name) => readExact(findOwnSource(name).source, settings, { git, readPackages }),
    report,
  });

  async function makeUpdatesConfig(): Promise<void> {
    if (await updatesConfig.create()) say(`Made ${settings.updates.configPath}`);
  }

  /** Only what starts with the machine has to wait, by a launcher that can; the reconcile works on all. */
  async function holdWhatIsDue(): Promise<void> {
    if (!settings.updates.bootReconcile) return;
    const names = await due.find();
    if (names.length === 0) return;
    await holds.askForReconcile();
    const { programs } = await conf.read();
    const waiting = names.filter((name) => {
      const { autostart, options } = programs.get(name) ?? {};
      return autostart && (settings.standIns || isLaunchedByPilot(options?.command));
    });
    await holds.hold(waiting);
  }

  async function guarded(work: () => Promise<void>, consequence: string): Promise<void> {
    await work().catch((error: unknown) => report(error, consequence));
  }

  return {
    /** Throws only where not even a problem can be written down. */
    async run(): Promise<void> {
      await guarded(makeUpdatesConfig, "ControlPilot cannot keep the versions that you choose.");
      await guarded(autostart.run, "What starts with the machine is as the config says.");
      await guarded(holdWhatIsDue, "Services may start before their update.");
    },
  };
}
