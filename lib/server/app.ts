import { join } from "node:path";
import { version } from "@/package.json";
import { createAccessApp } from "./access-app";
import { createActions } from "./actions";
import { createActivity } from "./activity";
import { createApps } from "./adapters/apps";
import { createAuditLog } from "./adapters/audit-log";
import { createAutostartChoices } from "./adapters/autostart-choices";
import { createBootNotes } from "./adapters/boot-notes";
import { createRunner } from "./adapters/command";
import { listConfFiles } from "./adapters/conf-sources";
import { createHolds } from "./adapters/holds";
import { readLastLines } from "./adapters/last-lines";
import { removeLeftovers } from "./adapters/leftovers";
import { findListener } from "./adapters/listeners";
import { signPositionsWith } from "./adapters/log-position";
import { createLogScan } from "./adapters/log-scan";
import { createMachineFacts } from "./adapters/machine-facts";
import { createOomKills } from "./adapters/oom-kills";
import { createOwnSecrets } from "./adapters/own-secrets";
import { readPositionKey } from "./adapters/position-key";
import { isAlive, isRunning, programOf } from "./adapters/process";
import { createRestartGuard } from "./adapters/restart-guard";
import { readSecretValues } from "./adapters/secret-values";
import { createSupervisorConf } from "./adapters/supervisor-conf";
import { createSupervisord } from "./adapters/supervisord";
import { createAutostart } from "./autostart";
import { CATALOGUE } from "./catalogue";
import { createCauses } from "./causes";
import { readEnv, type Settings } from "./env";
import { createEvents } from "./events";
import { createFindHeld } from "./held";
import { createHistory } from "./history";
import { createLoadedConfig } from "./loaded-config";
import { createLogSearch } from "./log-search";
import { createLogStreams, type LogWish } from "./log-streams";
import { createLogs } from "./logs";
import { createMonitor } from "./monitor";
import { hideAlso } from "./redact";
import { createReveals } from "./reveals";
import { createServices } from "./services";
import { createSnapshots, serviceNameOf } from "./snapshot";
import { createSupervisor } from "./supervisor";
import { createSupport } from "./support";
import { createUpdateApp } from "./update-app";

/** What supervisor goes by where a program's config does not say. */
const DEFAULT_SECONDS = { startsecs: 1, stopwaitsecs: 10 };
/** For a program that only tells of the machine. */
const FACT_MS = 3000;

export type App = ReturnType<typeof createApp>;

/** Who uses the app: the server that people ask, or a program that does one job beside it. */
export type Role = "server" | "program";

/** Puts the adapters and the services together. */
export function createApp(settings: Settings, role: Role = "server") {
  // biome-ignore lint/suspicious/noConsole: nobody waits for these, so the log is where they go.
  const report = (error: unknown) => console.error(error);
  keepSecrets(settings, role);
  const supervisord = createSupervisord(settings);
  const conf = createSupervisorConf(settings.configPath);
  const mainLogPath = async () => (await conf.read()).supervisord.logfile;
  const history = createHistory({
    logPath: mainLogPath,
    serviceNames: async () => {
      const known = monitor.latest() ?? (await monitor.read().catch(() => null));
      return known?.processes.map(serviceNameOf) ?? null;
    },
    report,
  });
  const snapshots = createSnapshots({ supervisord, conf, lives: history.lives });
  const loaded = createLoadedConfig();
  const monitor = createMonitor(async () => {
    const snapshot = await snapshots.take();
    loaded.observe(snapshot);
    return snapshot;
  });
  const logs = createLogs({ monitor, supervisord, mainLogPath });
  const oomKills = createOomKills();
  const { causeOf } = createCauses({
    logs,
    readLastLines,
    findListener,
    oomKillAt: oomKills.happenedAt,
  });
  const holds = createHolds(settings.runDir);
  const services = createServices({
    monitor,
    apps: createApps(settings),
    loadedAutostart: loaded.autostartOf,
    settings,
    ownPid: process.pid,
    findHeld: createFindHeld({ heldNames: holds.names, programOf }),
    causeOf,
  });
  const bootProblems = createBootNotes(settings.runDir).read;
  const supervisor = createSupervisor({
    monitor,
    supervisord,
    loaded,
    forgetParsed: snapshots.forgetParsed,
    bootProblems,
    configPath: settings.configPath,
    version,
  });
  const { scan } = createLogScan(join(settings.binDir, "log-scan.mjs"));
  const seconds = (which: keyof typeof DEFAULT_SECONDS) => (name: string) =>
    monitor.latest()?.parsed.get(name)?.[which] ?? DEFAULT_SECONDS[which];
  const updates = createUpdateApp(settings, { services: services.list, report });
  const actions = createActions({
    supervisord,
    services,
    startSeconds: seconds("startsecs"),
    stopWaitSeconds: seconds("stopwaitsecs"),
    lastWords: logs.lastWords,
    invalidate: monitor.invalidate,
    isAlive,
    ownPid: process.pid,
    guard: createRestartGuard(join(settings.binDir, "restart-guard.mjs")),
    // An update stops and starts its own service.
    busyWith: role === "server" ? updates.updates.busyWith : async () => null,
    report,
  });
  const activity = createActivity({
    log: createAuditLog(join(settings.workspaceRoot, "config", "controlpilot-audit.jsonl")),
    displayOf: (name) => CATALOGUE.get(name)?.display ?? name,
    report,
  });
  const autostart = createAutostart({
    conf,
    choices: createAutostartChoices(settings.autostartChoicesPath),
    reread: supervisor.askReread,
    invalidate: monitor.invalidate,
    knownNames: () => {
      const known = monitor.latest();
      return known && new Set(known.processes.map(serviceNameOf));
    },
  });
  const events = createEvents({
    monitor,
    services,
    history,
    supervisor,
    updates: updates.updates,
    isRunning,
    report,
  });
  const support = createSupport({
    sources: {
      version,
      settings,
      machine: createMachineFacts(createRunner({ timeoutMs: FACT_MS })),
      services: services.list,
      supervisor: supervisor.status,
      history: history.recent,
      bootProblems,
      snapshot: monitor.read,
      conf: conf.read,
    },
    secretValues: () => readSecretValues(join(settings.workspaceRoot, "config", "secrets.env")),
    report,
  });
  /** Whoever listens hears of the job at once. */
  const told =
    <Wish extends unknown[], Job>(work: (...wish: Wish) => Promise<Job>) =>
    (...wish: Wish) =>
      work(...wish).finally(events.lookAtJobs);
  return {
    access: createAccessApp(settings, { record: activity.record, report }),
    activity,
    services,
    holds,
    actions,
    autostart,
    supervisor,
    logs,
    logStreams: createLogStreams({
      pathsOf: logs.paths,
      stateEvents: history.stateEvents,
      pastStates: history.statesSince,
    }),
    logSearch: createLogSearch({ logs, scan }),
    reveals: createReveals(activity),
    history,
    events,
    support,
    ...updates,
    updates: {
      ...updates.updates,
      start: told(updates.updates.start),
      rollback: told(updates.updates.rollback),
      cancel: told(updates.updates.cancel),
    },
    /** What a ControlPilot that was killed has left half written. */
    async removeLeftovers(): Promise<void> {
      const { configPath, autostartChoicesPath, access } = settings;
      const own = [autostartChoicesPath, settings.updates.configPath, access.filePath];
      await removeLeftovers([...listConfFiles(configPath), ...own]);
      await updates.updateFiles.store.tidy();
    },
    /** The output of an update, as a log that is written. */
    openUpdateOutput(name: string, job: string | undefined, wish: LogWish) {
      const pathsOf = async () => ({ out: await updates.updates.outputPath(name, job), err: null });
      return createLogStreams({ pathsOf }).open([name], wish);
    },
    close() {
      supervisord.close();
      oomKills.close();
      history.close().catch(report);
      activity.close().catch(report);
    },
  };
}

/** From now on none of this machine's own secrets is told, nor can one be guessed by a place in a log. */
function keepSecrets({ secretsPath, ownSecrets, runDir }: Settings, role: Role): void {
  hideAlso(createOwnSecrets(secretsPath, ownSecrets));
  if (role === "server") signPositionsWith(readPositionKey(join(runDir, "position-key")));
}

const store = globalThis as { controlPilot?: App };

/** One instance for each process: Next may load this module once for each bundle. */
export function app(): App {
  store.controlPilot ??= createApp(readEnv());
  return store.controlPilot;
}
