import type { Cause } from "@/lib/contract/causes";
import type { Service, ServiceState } from "@/lib/contract/services";
import { describe, secondsUp } from "@/lib/words/describe";
import type { Apps } from "./adapters/apps";
import type { ProgramSection } from "./adapters/conf-programs";
import type { ProcessInfo } from "./adapters/supervisord";
import { findProgram } from "./autostart";
import {
  byCatalogueOrder,
  CATALOGUE,
  type CatalogueEntry,
  isLaunchedByPilot,
  unlisted,
} from "./catalogue";
import { AppError } from "./errors";
import { isFlapping, type Life, restartsLastHour } from "./lives";
import type { Monitor } from "./monitor";
import { redact } from "./redact";
import { type Snapshot, serviceNameOf } from "./snapshot";

/** A service that has only just come up holds nobody's work yet. */
const GUARDED_AFTER_SECONDS = 60;
const ACTIVE: ReadonlySet<ServiceState> = new Set(["STARTING", "RUNNING", "BACKOFF", "STOPPING"]);
const COMING_AND_GOING: ReadonlySet<ServiceState> = new Set(["STARTING", "RUNNING", "EXITED"]);

export type Services = ReturnType<typeof createServices>;

/** An end of a service, as far as it takes to find out why. */
export type Ending = Pick<
  Service,
  "name" | "display" | "port" | "state" | "exit_status" | "exit_signal"
> & {
  /** Its last end; null where it could not even be started. */
  ended_at: string | null;
};

/** The services as people see them: what supervisord says, with what the catalogue and the files add. */
export function createServices(deps: {
  monitor: Pick<Monitor<Snapshot>, "read">;
  apps: Apps;
  loadedAutostart: (name: string) => boolean | null;
  settings: { standIns: boolean; portOf: (variable: string, fallback: number) => number };
  ownPid: number;
  /** The services that wait for their update at boot, by name; none where it is not given. */
  findHeld?: (processes: readonly ProcessInfo[]) => Promise<ReadonlySet<string>>;
  /** Asked anew with each snapshot, about services that are not well: it has to know by heart what it has found. */
  causeOf?: (ending: Ending) => Promise<Cause | null>;
}) {
  let seen: { snapshot: Snapshot; services: Promise<Service[]> } | null = null;

  /** One view for each snapshot, however many ask. */
  function viewOf(snapshot: Snapshot): Promise<Service[]> {
    if (seen?.snapshot !== snapshot) seen = { snapshot, services: view(snapshot) };
    return seen.services;
  }

  async function list(): Promise<Service[]> {
    return viewOf(await deps.monitor.read());
  }

  async function view(snapshot: Snapshot): Promise<Service[]> {
    const held = await deps.findHeld?.(snapshot.processes);
    const services = snapshot.processes.map((process) =>
      toService(process, snapshot, held?.has(serviceNameOf(process)) ?? false),
    );
    return (await Promise.all(services)).sort((a, b) => byCatalogueOrder(a.name, b.name));
  }

  async function toService(
    process: ProcessInfo,
    snapshot: Snapshot,
    held: boolean,
  ): Promise<Service> {
    const name = serviceNameOf(process);
    const entry = CATALOGUE.get(name) ?? unlisted(name, sectionOf(name, snapshot)?.options);
    const present = await isPresent(entry, name, snapshot);
    const installed = present || (!deps.settings.standIns && process.statename === "RUNNING");
    const missingAt = saysMissing(installed, process)
      ? deps.apps.expectedAt(entry.candidates)
      : null;
    const now = new Date(process.now * 1000);
    const facts = { ...factsOf(process, snapshot, missingAt), held };
    const uptime = secondsUp(facts, now);
    const loaded = deps.loadedAutostart(name);
    const service = {
      name,
      display: entry.display,
      ...facts,
      state_raw: process.statename,
      running: process.statename === "RUNNING",
      autostart: sectionOf(name, snapshot)?.autostart ?? loaded ?? true,
      autostart_loaded: loaded,
      pid: process.pid || null,
      uptime_seconds: uptime,
      ...describe(facts, now),
      port: portOf(entry),
      public_port: entry.defaultPort !== null && !entry.loopbackOnly,
      installed,
      stand_in: !present && deps.settings.standIns,
      self: name === "controlpilot" || process.pid === deps.ownPid,
      guarded: entry.holdsWork && uptime !== null && uptime >= GUARDED_AFTER_SECONDS,
      ...troubleOf(process, snapshot),
      checked_at: new Date(snapshot.at).toISOString(),
    };
    return { ...service, cause: await causeOf(service, snapshot.lives.get(process.name)) };
  }

  async function causeOf(service: Omit<Service, "cause">, life: Life | undefined) {
    if (!deps.causeOf || !isUnwell(service)) return null;
    const { name, display, port, state, stopped_at } = service;
    const end = life?.lastEnd;
    const exit_status = service.exit_status ?? end?.exitStatus ?? null;
    const exit_signal = service.exit_signal ?? end?.signal ?? null;
    const ended_at = end ? new Date(end.at).toISOString() : stopped_at;
    return deps.causeOf({ name, display, port, state, exit_status, exit_signal, ended_at });
  }

  async function isPresent(entry: CatalogueEntry, name: string, { parsed }: Snapshot) {
    const isOurs = deps.settings.standIns || isLaunchedByPilot(parsed.get(name)?.command);
    return !isOurs || (await deps.apps.isPresent(entry.candidates));
  }

  function saysMissing(installed: boolean, { statename }: ProcessInfo): boolean {
    return !installed && !deps.settings.standIns && !ACTIVE.has(statename);
  }

  function portOf({ portVariable, defaultPort }: CatalogueEntry): number | null {
    if (portVariable === null || defaultPort === null) return defaultPort;
    return deps.settings.portOf(portVariable, defaultPort);
  }

  return {
    list,

    /** As `list` gave them, or would have, at that moment. */
    viewOf,

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

function isUnwell({ state, exit_expected, flapping }: Omit<Service, "cause">): boolean {
  const isDown = state === "FATAL" || state === "BACKOFF";
  return isDown || flapping || (state === "EXITED" && exit_expected === false);
}

/** What the words for it are made of. */
function factsOf(process: ProcessInfo, snapshot: Snapshot, missingAt: string | null) {
  return {
    state: process.statename,
    started_at: toIso(process.start),
    stopped_at: toIso(process.stop),
    ...endingOf(process, snapshot),
    // It may tell the command, with the secrets that its config put into it.
    spawn_error: redact(process.spawnerr) || null,
    clock: { missing_at: missingAt, ...clockOf(process, snapshot) },
  };
}

/** supervisord keeps 0 as the exit status in BACKOFF and FATAL; its main log knows better. */
function endingOf(process: ProcessInfo, { parsed, lives }: Snapshot) {
  const nothing = { exit_status: null, exit_signal: null, exit_expected: null };
  const { statename, exitstatus } = process;
  if (process.stop === 0 || statename === "RUNNING" || statename === "STARTING") return nothing;
  const end = lives.get(process.name)?.lastEnd;
  const tellsStatus = statename === "EXITED" || statename === "STOPPED";
  const status = tellsStatus && exitstatus >= 0 ? exitstatus : (end?.exitStatus ?? null);
  const goodCodes = parsed.get(serviceNameOf(process))?.exitcodes ?? [0];
  return {
    exit_status: status,
    exit_signal: status === null ? (end?.signal ?? null) : null,
    exit_expected: statename === "EXITED" ? goodCodes.includes(exitstatus) : null,
  };
}

function clockOf(process: ProcessInfo, { parsed, lives }: Snapshot) {
  const config = parsed.get(serviceNameOf(process));
  const tries = lives.get(process.name)?.tries ?? 0;
  // After its nth try in a row supervisord waits n seconds.
  const isSure = config !== undefined && tries > 0 && tries <= config.startretries + 1;
  const triesAgain = isSure && process.statename === "BACKOFF";
  const lastTry = Math.max(process.start, process.stop);
  return {
    start_seconds: config?.startsecs ?? null,
    stop_wait_seconds: config?.stopwaitsecs ?? null,
    next_try_at: triesAgain ? toIso(lastTry + tries) : null,
    tries,
  };
}

/** What it does when nobody looks. Where it is down for good, or tries to come up, its state says enough. */
function troubleOf({ name, statename }: ProcessInfo, { lives, at }: Snapshot) {
  const life = lives.get(name);
  const comesAndGoes = COMING_AND_GOING.has(statename);
  return {
    restarts_last_hour: life ? restartsLastHour(life, at) : 0,
    flapping: life !== undefined && comesAndGoes && isFlapping(life, at),
  };
}

function sectionOf(name: string, { conf }: Snapshot): ProgramSection | undefined {
  return conf.programs.get(findProgram(name, conf.programs));
}
