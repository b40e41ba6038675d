import { setTimeout as sleep } from "node:timers/promises";
import type { Service, ServiceState } from "@/lib/contract/services";
import { AppError, isUnavailable } from "./errors";

/** What supervisord gets on top of a program's own limits before its silence is an error. */
const SPARE_MS = 5000;
/** A supervisord that cannot be asked for a while does not end an action that is half done. */
export const AWAY_MS = 30_000;
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 500;
const TICK_MS = 10;
/** When a start is due supervisord needs one look to notice, and the next one sees it. */
const DUE_PAUSES_MS = [20, 40, 100] as const;

const DOWN: ReadonlySet<ServiceState> = new Set(["STOPPED", "EXITED", "FATAL"]);

export function isDown({ state }: Pick<Service, "state">): boolean {
  return DOWN.has(state);
}

/** Waits until a service is no longer on its way; `look` asks supervisord anew at each call. */
export function createTransitions(deps: {
  look: (name: string) => Promise<Service>;
  isAlive: (pid: number) => boolean;
}) {
  async function until(
    name: string,
    isThere: (service: Service) => boolean,
    timing: {
      deadlineMs: number;
      pause: (service: Service | null, elapsedMs: number) => Promise<void>;
    },
  ): Promise<Service> {
    const began = performance.now();
    for (;;) {
      const elapsedMs = performance.now() - began;
      const service = await deps.look(name).catch((error: unknown) => {
        if (isUnavailable(error) && elapsedMs < AWAY_MS) return null;
        throw error;
      });
      if (service && isThere(service)) return service;
      if (service && elapsedMs > timing.deadlineMs) throw tookTooLong(service, timing.deadlineMs);
      await timing.pause(service, elapsedMs);
    }
  }

  /** A process that is gone is news at once, without a call. */
  async function whileAlive(pid: number | null): Promise<void> {
    const began = performance.now();
    do await sleep(TICK_MS);
    while (performance.now() - began < PAUSE_MS && pid !== null && deps.isAlive(pid));
  }

  return {
    untilDown(name: string, stopWaitSeconds: number): Promise<Service> {
      return until(name, isDown, {
        deadlineMs: stopWaitSeconds * 1000 + SPARE_MS,
        pause: (service) => (service?.pid ? whileAlive(service.pid) : sleep(PAUSE_MS)),
      });
    },

    /**
     * Until it is RUNNING, or will not be by itself soon. supervisord counts a program as up
     * `startSeconds` after its start, and sees that only when something wakes it.
     */
    untilStarted(name: string, startSeconds: number): Promise<Service> {
      const dueMs = startSeconds * 1000 + 20;
      let looksSinceDue = 0;
      return until(name, ({ state }) => state !== "STARTING", {
        deadlineMs: dueMs + SPARE_MS,
        pause: (_service, elapsedMs) => {
          if (elapsedMs < dueMs) return sleep(Math.min(dueMs - elapsedMs, LONGEST_PAUSE_MS));
          looksSinceDue += 1;
          return sleep(DUE_PAUSES_MS[looksSinceDue - 1] ?? PAUSE_MS);
        },
      });
    },
  };
}

function tookTooLong({ display, state }: Service, deadlineMs: number): AppError {
  const seconds = Math.round(deadlineMs / 1000);
  return new AppError(
    "conflict",
    `${display} is still ${state} after ${seconds} s. Its log may say why.`,
  );
}
