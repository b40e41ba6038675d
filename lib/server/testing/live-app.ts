import type { UpdateJob } from "@/lib/contract/updates";
import { isRunning } from "../adapters/process";
import { createSupervisorConf } from "../adapters/supervisor-conf";
import { createSupervisord } from "../adapters/supervisord";
import { createEvents } from "../events";
import { createHistory } from "../history";
import { createLoadedConfig } from "../loaded-config";
import { createMonitor } from "../monitor";
import { createServices } from "../services";
import { createSnapshots, serviceNameOf } from "../snapshot";
import { createSupervisor } from "../supervisor";
import type { RealSupervisord } from "./real-supervisord";

/** What shows services, and tells of them, put together on a real supervisord. No updates are under way. */
export function createLiveApp(real: Pick<RealSupervisord, "configPath" | "socketPath">) {
  const reported: unknown[] = [];
  const report = (error: unknown) => void reported.push(error);
  const supervisord = createSupervisord({ findSocket: () => real.socketPath, timeoutMs: 1000 });
  const conf = createSupervisorConf(real.configPath);
  const history = createHistory({
    logPath: async () => (await conf.read()).supervisord.logfile,
    serviceNames: async () => monitor.latest()?.processes.map(serviceNameOf) ?? null,
    report,
  });
  const snapshots = createSnapshots({ supervisord, conf, lives: history.lives });
  const loaded = createLoadedConfig();
  let looks = 0;
  const monitor = createMonitor(async () => {
    looks += 1;
    const snapshot = await snapshots.take();
    loaded.observe(snapshot);
    return snapshot;
  });
  const services = createServices({
    monitor,
    apps: { isPresent: async () => true, expectedAt: () => "" },
    loadedAutostart: loaded.autostartOf,
    settings: { standIns: false, portOf: (_, fallback) => fallback },
    ownPid: -1,
  });
  const { configPath } = real;
  const { forgetParsed } = snapshots;
  const supervisor = createSupervisor({
    monitor,
    supervisord,
    loaded,
    forgetParsed,
    bootProblems: async () => [],
    configPath,
    version: "1.2.3",
  });
  const updates = {
    jobs: async (): Promise<UpdateJob[]> => [],
    status: async (name: string) => ({ name, state: "idle" as const }),
  };
  const events = createEvents({
    monitor,
    services,
    history,
    supervisor,
    updates,
    isRunning,
    report,
  });
  return {
    supervisord,
    monitor,
    services,
    history,
    events,
    reported,
    looks: () => looks,
    async close() {
      supervisord.close();
      await history.close();
    },
  };
}
