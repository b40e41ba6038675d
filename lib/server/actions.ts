import { setTimeout as sleep } from "node:timers/promises";
import type {
  ActionAnswer,
  BulkAction,
  BulkResult,
  Service,
  ServiceAction,
} from "@/lib/contract/services";
import { type Supervisord, SupervisordFault } from "./adapters/supervisord";
import { AppError, isUnavailable } from "./errors";
import { createQueues } from "./queues";
import type { Services } from "./services";
import { AWAY_MS, createTransitions, isDown } from "./transitions";

/** A program that has not reached its own code yet may lose the signal that asks it to end. */
const SETTLE_MS = 150;
const ANSWER_FIRST_MS = 100;
const AWAY_PAUSE_MS = 500;

/** Sees to it that a restart ends started even where this process does not live to see it. */
export type RestartGuard = {
  protect: (name: string) => Promise<void>;
  release: (name: string) => void;
};

export type ActionOptions = { wait?: boolean | undefined; force?: boolean | undefined };

/** Starts, stops and restarts services, one action at a time for each. */
export function createActions(deps: {
  supervisord: Pick<Supervisord, "start" | "stop">;
  services: Pick<Services, "find" | "list">;
  stopWaitSeconds: (name: string) => number;
  startSeconds: (name: string) => number;
  /** The last thing a service wrote since it started; null where it wrote nothing. */
  lastWords: (service: Service) => Promise<string | null>;
  invalidate: () => void;
  guard: RestartGuard;
  isAlive: (pid: number) => boolean;
  ownPid: number;
  /** A sentence where the service must be left alone now; null where it need not. */
  busyWith: (name: string) => Promise<string | null>;
  report: (error: unknown) => void;
}) {
  const { supervisord, services, guard } = deps;
  const queues = createQueues<ServiceAction>();
  const transitions = createTransitions({ look, isAlive: deps.isAlive });

  /**
   * Ends once it is so: RUNNING after start and restart, down after stop. What is so already stays
   * as it is. A service that does not come up is a "conflict" that says why.
   */
  async function act(
    name: string,
    action: ServiceAction,
    { wait = true, force = false }: ActionOptions = {},
  ): Promise<ActionAnswer> {
    const service = await services.find(name);
    const busy = await deps.busyWith(name);
    if (busy !== null) throw new AppError("conflict", busy);
    if (service.self && action !== "start") return actOnSelf(service, action, force);
    const done = perform(name, action);
    if (wait) {
      await done;
      return { status: "ok" };
    }
    done.catch(deps.report);
    return { status: "accepted" };
  }

  function perform(name: string, action: ServiceAction): Promise<void> {
    return queues.run(name, action, (seal) => {
      if (action === "start") return start(name);
      return action === "stop" ? stop(name) : restart(name, seal);
    });
  }

  function look(name: string): Promise<Service> {
    deps.invalidate();
    return services.find(name);
  }

  async function start(name: string): Promise<void> {
    let service = await services.find(name);
    if (service.state === "RUNNING") return;
    // supervisord says yes to a start while it stops, and then does not start.
    if (service.state === "STOPPING") service = await untilDown(name);
    // While it waits for its next try it refuses a start; from the beginning, its answer is clear.
    if (service.state === "BACKOFF") await stop(name);
    if (service.state !== "STARTING") await tell("start", service);
    const started = await untilStarted(name);
    if (!isUp(started)) throw new AppError("conflict", await whyNotUp(started));
  }

  async function stop(name: string): Promise<void> {
    const service = await findSettled(name);
    if (isDown(service)) return;
    if (service.state === "UNKNOWN") {
      throw new AppError("conflict", `supervisord does not know the state of ${service.display}.`);
    }
    if (service.state === "STARTING" || service.uptime_seconds === 0) await sleep(SETTLE_MS);
    if (service.state !== "STOPPING") await tell("stop", service);
    // It may have ended by itself a moment before, and then supervisord may start it again.
    if ((await untilDown(name)).state === "EXITED") await stop(name);
  }

  /** An EXITED that supervisord is about to start again is not settled; the next look tells. */
  async function findSettled(name: string): Promise<Service> {
    const service = await services.find(name);
    if (service.state !== "EXITED") return service;
    await look(name);
    return look(name);
  }

  async function restart(name: string, seal: () => void): Promise<void> {
    await guard.protect(name);
    try {
      await patiently(() => stop(name));
      seal();
      await patiently(() => start(name));
    } finally {
      guard.release(name);
    }
  }

  /** Once a stop may have been told, a supervisord that falls silent must not be the end of it. */
  async function patiently(work: () => Promise<void>): Promise<void> {
    const giveUpAt = performance.now() + AWAY_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isUnavailable(error) || performance.now() > giveUpAt) throw error;
        await sleep(AWAY_PAUSE_MS);
      }
    }
  }

  /** The answer goes out first, since the process that sends it ends. */
  async function actOnSelf(
    service: Service,
    action: "stop" | "restart",
    force: boolean,
  ): Promise<ActionAnswer> {
    if (action === "stop" && !force) {
      throw new AppError(
        "conflict",
        "Stopping ControlPilot takes this page away. To do it all the same, add ?force=true; to get it back, run: supervisorctl start controlpilot",
      );
    }
    const { name } = service;
    // Another ControlPilot than this one: this one lives to see it through.
    if (service.pid !== deps.ownPid) {
      perform(name, action).catch(deps.report);
      return { status: "accepted" };
    }
    if (action === "restart") await guard.protect(name);
    setTimeout(() => {
      tell("stop", service).catch((error: unknown) => {
        guard.release(name);
        deps.report(error);
      });
    }, ANSWER_FIRST_MS);
    return { status: "accepted" };
  }

  async function tell(what: "start" | "stop", { name, display }: Service): Promise<void> {
    try {
      await supervisord[what](name);
    } catch (error) {
      if (!(error instanceof SupervisordFault)) throw error;
      if (error.fault === "ALREADY_STARTED" || error.fault === "NOT_RUNNING") return;
      // Its own state, read after this, says whether it came up.
      if (error.fault === "SPAWN_ERROR" || error.fault === "ABNORMAL_TERMINATION") return;
      if (error.fault === "BAD_NAME")
        throw new AppError("not_found", `There is no service "${name}".`);
      throw new AppError("conflict", `${display} could not be ${PAST[what]}: ${error.text}.`);
    } finally {
      deps.invalidate();
    }
  }

  function untilDown(name: string): Promise<Service> {
    return transitions.untilDown(name, deps.stopWaitSeconds(name));
  }

  function untilStarted(name: string): Promise<Service> {
    return transitions.untilStarted(name, deps.startSeconds(name));
  }

  async function whyNotUp(service: Service): Promise<string> {
    if (service.state === "STOPPED") return `${service.display} was stopped while it started.`;
    const words = await deps.lastWords(service);
    const reason = `${service.display} did not start: ${service.description}.`;
    return words === null ? reason : `${reason} Its last words: ${words}`;
  }

  return {
    act,

    /**
     * Side by side; one that fails does not keep the others from being done. This ControlPilot comes
     * last, so that it lives to answer for the others.
     */
    async actMany({ action, names }: BulkAction): Promise<BulkResult[]> {
      const one = (name: string) =>
        act(name, action).then(
          (): BulkResult => ({ name, status: "ok" }),
          (error: unknown): BulkResult => {
            if (!(error instanceof AppError)) throw error;
            return { name, status: "error", detail: error.message };
          },
        );
      const unique = [...new Set(names)];
      const own = (await services.list()).filter(({ self }) => self).map((service) => service.name);
      const results = new Map<string, BulkResult>();
      const doAll = (some: string[]) =>
        Promise.all(some.map(async (name) => results.set(name, await one(name))));
      await doAll(unique.filter((name) => !own.includes(name)));
      await doAll(unique.filter((name) => own.includes(name)));
      return unique.flatMap((name) => results.get(name) ?? []);
    },
  };
}

/** A program that does its work and ends as it should has come up too. */
function isUp({ state, exit_expected }: Service): boolean {
  return state === "RUNNING" || (state === "EXITED" && exit_expected === true);
}

const PAST = { start: "started", stop: "stopped" } as const;
