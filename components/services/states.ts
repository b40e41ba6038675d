import type { Service, ServiceAction } from "@/lib/contract/services";

/** What a lamp can show: supervisord's states, and those that a person tells apart. */
export type Sign =
  | "running"
  | "starting"
  | "waiting"
  | "stopping"
  | "backoff"
  | "fatal"
  | "exited"
  | "exitbad"
  | "stopped"
  | "notinstalled"
  | "updating"
  | "unknown";

const words: Record<Sign, string> = {
  running: "Running",
  starting: "Starting",
  waiting: "Waiting",
  stopping: "Stopping",
  backoff: "Keeps crashing",
  fatal: "Failed",
  exited: "Finished",
  exitbad: "Ended with an error",
  stopped: "Stopped",
  notinstalled: "Not installed",
  updating: "Updating",
  unknown: "Unknown",
};

export function wordOf(sign: Sign) {
  return words[sign];
}

export function signOf(service: Service): Sign {
  const active = ["RUNNING", "STARTING", "STOPPING"].includes(service.state);
  if (!service.installed && !service.stand_in && !active) return "notinstalled";
  if (service.held) return "waiting";
  if (service.state === "EXITED") return endedWell(service) ? "exited" : "exitbad";
  if (keepsCrashing(service)) return "backoff";
  return service.state.toLowerCase() as Lowercase<Exclude<Service["state"], "EXITED">>;
}

function endedWell({ exit_expected, exit_signal }: Service) {
  return exit_expected ?? exit_signal === null;
}

/** It is up, or is coming up, between two crashes. */
export function keepsCrashing({ state, flapping }: Service) {
  return flapping && (state === "RUNNING" || state === "STARTING");
}

/** It can be worked with: its launcher alone, which waits, is not enough. */
export function isUp({ running, held }: Service) {
  return running && !held;
}

export function needsYou(service: Service) {
  return ["fatal", "backoff", "exitbad"].includes(signOf(service));
}

const makesSense: Record<ServiceAction, readonly Service["state"][]> = {
  start: ["STOPPED", "EXITED", "FATAL", "UNKNOWN"],
  restart: ["RUNNING", "STARTING", "BACKOFF"],
  stop: ["RUNNING", "STARTING", "BACKOFF", "UNKNOWN"],
};

export function can(service: Service, action: ServiceAction) {
  // It would only wait again.
  if (service.held && action === "restart") return false;
  return signOf(service) !== "notinstalled" && makesSense[action].includes(service.state);
}

export type Shown = { sign: Sign; word: string; detail: string };

/** What a row says: the state, or the one that a click leads to until the answer is there. */
export function shown(service: Service, pending: ServiceAction | undefined): Shown {
  const sign = signOf(service);
  if (pending === "restart")
    return { sign: "starting", word: "Restarting", detail: "waiting for supervisord" };
  if (pending !== undefined && makesSense[pending].includes(service.state)) {
    const next = pending === "start" ? "starting" : "stopping";
    return { sign: next, word: words[next], detail: "waiting for supervisord" };
  }
  return { sign, word: wordWithCause(sign, service), detail: detailOf(service) };
}

function wordWithCause(sign: Sign, service: Service) {
  if (service.cause === null || !needsYou(service)) return words[sign];
  return `${sign === "exitbad" ? "Ended" : words[sign]}: ${service.cause.title}`;
}

/** What stands under the word. Of one that is up between two crashes, being up is not all there is to say. */
export function detailOf(service: Service) {
  if (!service.running || !keepsCrashing(service)) return service.detail;
  return `${service.restarts_last_hour} restarts in an hour, ${service.detail}`;
}

/** What a row says when supervisord has not answered since a time of day. */
export function shownStale(service: Service, since: string): Shown {
  const last = words[signOf(service)];
  return {
    sign: "unknown",
    word: `Unknown since ${since}`,
    detail: `last seen ${last.charAt(0).toLowerCase()}${last.slice(1)}`,
  };
}
