import { join } from "node:path";
import { version } from "@/package.json";
import { createActions } from "./actions";
import { createApps } from "./adapters/apps";
import { createAutostartChoices } from "./adapters/autostart-choices";
import { createMainLog } from "./adapters/main-log";
import { isAlive } from "./adapters/process";
import { createRestartGuard } from "./adapters/restart-guard";
import { createSupervisorConf } from "./adapters/supervisor-conf";
import { createSupervisord } from "./adapters/supervisord";
import { createAutostart } from "./autostart";
import { readEnv, type Settings } from "./env";
import { createLoadedConfig } from "./loaded-config";
import { createLogs } from "./logs";
import { createMonitor } from "./monitor";
import { createServices } from "./services";
import { createSnapshots, serviceNameOf } from "./snapshot";
import { createSupervisor } from "./supervisor";
import { createUpdateApp } from "./update-app";

/** What supervisor goes by where a program's config does not say. */
const DEFAULT_SECONDS = { startsecs: 1, stopwaitsecs: 10 };

export type App = ReturnType<typeof createApp>;

/** Who uses the app: the server that people ask, or a program that does one job beside it. */
export type Role = "server" | "program";

/** Puts the adapters and the services together. */
export function createApp(settings: Settings, role: Role = "server") {
  // biome-ignore lint/suspicious/noConsole: nobody waits for these, so the log is where they go.
  const report = (error: unknown) => console.error(error);
  const supervisord = createSupervisord(settings);
  const conf = createSupervisorConf(settings.configPath);
  const snapshots = createSnapshots({ supervisord, conf, mainLog: createMainLog() });
  const loaded = createLoadedConfig();
  const monitor = createMonitor(async () => {
    const snapshot = await snapshots.take();
    loaded.observe(snapshot);
    return snapshot;
  });
  const services = createServices({
    monitor,
    apps: createApps(settings),
    loadedAutostart: loaded.autostartOf,
    settings,
    ownPid: process.pid,
  });
  const supervisor = createSupervisor({
    monitor,
    supervisord,
    loaded,
    forgetParsed: snapshots.forgetParsed,
    configPath: settings.configPath,
    version,
  });
  const logs = createLogs({ monitor, supervisord });
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
  return {
    services,
    actions,
    autostart,
    supervisor,
    logs,
    ...updates,
    close: supervisord.close,
  };
}

const store = globalThis as { controlPilot?: App };

/** One instance for each process: Next may load this module once for each bundle. */
export function app(): App {
  store.controlPilot ??= createApp(readEnv());
  return store.controlPilot;
}
