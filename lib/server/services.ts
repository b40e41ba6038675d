import type { Service, ServiceState } from "@/lib/contract/services";
import type { Apps } from "./adapters/apps";
import type { ProcessInfo } from "./adapters/supervisord";
import { findProgram } from "./autostart";
import { byCatalogueOrder, CATALOGUE, type CatalogueEntry, unlisted } from "./catalogue";
import { describe } from "./describe";
import { AppError } from "./errors";
import type { Monitor } from "./monitor";
import { type Snapshot, serviceNameOf } from "./snapshot";

/** A service that has only just come up holds nobody's work yet. */
const GUARDED_AFTER_SECONDS = 60;
const ACTIVE: ReadonlySet<ServiceState> = new Set(["STARTING", "RUNNING", "BACKOFF", "STOPPING"]);

export type Services = ReturnType<typeof createServices>;

/** The services as people see them: what supervisord says, with what the catalogue and the files add. */
export function createServices(deps: {
  monitor: Monitor<Snapshot>;
  apps: Apps;
  loadedAutostart: (name: string) => boolean | null;
  settings: { standIns: boolean; portOf: (variable: string, fallback: number) => number };
  ownPid: number;
}) {
  let seen: { snapshot: Snapshot; services: Promise<Service[]> } | null = null;

  /** One view for each snapshot, however many ask. */
  async function list(): Promise<Service[]> {
    const snapshot = await deps.monitor.read();
    if (seen?.snapshot !== snapshot) seen = { snapshot, services: view(snapshot) };
    return seen.services;
  }

  async function view(snapshot: Snapshot): Promise<Service[]> {
    const services = snapshot.processes.map((process) => toService(process, snapshot));
    return (await Promise.all(services)).sort((a, b) => byCatalogueOrder(a.name, b.name));
  }

  async function toService(process: ProcessInfo, snapshot: Snapshot): Promise<Service> {
    const name = serviceNameOf(process);
    const entry = CATALOGUE.get(name) ?? unlisted(name);
    const present = await isPresent(entry, name, snapshot);
    const ending = endingOf(process, snapshot, name);
    const uptime = process.statename === "RUNNING" ? process.now - process.start : null;
    const installed = present || (!deps.settings.standIns && uptime !== null);
    const loaded = deps.loadedAutostart(name);
    return {
      name,
      display: entry.display,
      state: process.statename,
      state_raw: process.statename,
      running: process.statename === "RUNNING",
      autostart: autostartInFile(name, snapshot) ?? loaded ?? true,
      autostart_loaded: loaded,
      pid: process.pid || null,
      started_at: toIso(process.start),
      stopped_at: toIso(process.stop),
      uptime_seconds: uptime,
      ...ending,
      spawn_error: process.spawnerr || null,
      ...describe({
        ...ending,
        ...timesOf(process, snapshot, name),
        state: process.statename,
        spawn_error: process.spawnerr || null,
        missingAt: saysMissing(installed, process) ? deps.apps.expectedAt(entry.candidates) : null,
      }),
      port: portOf(entry),
      public_port: entry.defaultPort !== null && !entry.loopbackOnly,
      installed,
      stand_in: !present && deps.settings.standIns,
      self: name === "controlpilot" || process.pid === deps.ownPid,
      guarded: entry.holdsWork && uptime !== null && uptime >= GUARDED_AFTER_SECONDS,
      checked_at: new Date(snapshot.at).toISOString(),
    };
  }

  /** The catalogue knows where an app lies only for programs that LoRA Pilot's own launchers start. */
  async function isPresent(entry: CatalogueEntry, name: string, { parsed }: Snapshot) {
    const ours = deps.settings.standIns || parsed.get(name)?.command.includes("/opt/pilot/");
    return !ours || (await deps.apps.isPresent(entry.candidates));
  }

  function saysMissing(installed: boolean, { statename }: ProcessInfo): boolean {
    return !installed && !deps.settings.standIns && !ACTIVE.has(statename);
  }

  function portOf({ portVariable, defaultPort }: CatalogueEntry): number | null {
    if (portVariable === null || defaultPort === null) return null;
    return deps.settings.portOf(portVariable, defaultPort);
  }

  return {
    list,

    async find(name: string): Promise<Service> {
      const service = (await list()).find((candidate) => candidate.name === name);
      if (!service) throw new AppError("not_found", `There is no service "${name}".`);
      return service;
    },
  };
}

function toIso(seconds: number): string | null {
  return seconds > 0 ? new Date(seconds * 1000).toISOString() : null;
}

/** supervisord keeps 0 as the exit status in BACKOFF and FATAL; its main log knows better. */
function endingOf(process: ProcessInfo, { parsed, ends }: Snapshot, name: string) {
  const nothing = { exit_status: null, exit_signal: null, exit_expected: null };
  const { statename, exitstatus } = process;
  if (process.stop === 0 || statename === "RUNNING" || statename === "STARTING") return nothing;
  const end = ends.get(process.name);
  const tellsStatus = statename === "EXITED" || statename === "STOPPED";
  const status = tellsStatus && exitstatus >= 0 ? exitstatus : (end?.exitCode ?? null);
  return {
    exit_status: status,
    exit_signal: status === null ? (end?.signal ?? null) : null,
    exit_expected:
      statename === "EXITED" ? (parsed.get(name)?.exitcodes ?? [0]).includes(exitstatus) : null,
  };
}

function timesOf(process: ProcessInfo, { parsed, ends }: Snapshot, name: string) {
  const config = parsed.get(name);
  const { now, start, stop } = process;
  const tries = ends.get(process.name)?.quickEnds ?? 0;
  // After its nth quick end supervisord waits n seconds.
  const triesAreSure = config !== undefined && tries > 0 && tries <= config.startretries + 1;
  return {
    sinceStart: start > 0 ? now - start : null,
    sinceStop: stop > 0 ? now - stop : null,
    startSeconds: config?.startsecs ?? null,
    stopWaitSeconds: config?.stopwaitsecs ?? null,
    nextTrySeconds: triesAreSure ? Math.max(0, stop + tries - now) : null,
    tries,
  };
}

function autostartInFile(name: string, { conf }: Snapshot): boolean | undefined {
  return conf.programs.get(findProgram(name, conf.programs))?.autostart;
}
