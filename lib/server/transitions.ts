import { setTimeout as sleep } from "node:timers/promises";
import type { Service, ServiceState } from "@/lib/contract/services";
import { AppError } from "./errors";

/** What supervisord gets on top of a program's own limits before its silence is an error. */
const SPARE_MS = 5000;
/** A supervisord that cannot be asked for a while does not end an action that is half done. */
const AWAY_MS = 30_000;
/** First quickly, since most programs obey at once; then at a rate that costs nothing. */
const PAUSES_MS = [20, 40, 100, 250] as const;
const LONGEST_PAUSE_MS = 500;

const DOWN: ReadonlySet<ServiceState> = new Set(["STOPPED", "EXITED", "FATAL"]);

/** Waits until a service is no longer on its way; `look` asks supervisord anew at each call. */
export function createTransitions(look: (name: string) => Promise<Service>) {
  async function until(
    name: string,
    isThere: (service: Service) => boolean,
    timing: { deadlineMs: number; pauseMs: (round: number, elapsedMs: number) => number },
  ): Promise<Service> {
    const began = performance.now();
    for (let round = 0; ; round += 1) {
      const elapsedMs = performance.now() - began;
      const service = await look(name).catch((error: unknown) => {
        if (isAway(error) && elapsedMs < AWAY_MS) return null;
        throw error;
      });
      if (service && isThere(service)) return service;
      if (service && elapsedMs > timing.deadlineMs) throw tookTooLong(service, timing.deadlineMs);
      await sleep(timing.pauseMs(round, elapsedMs));
    }
  }

  return {
    untilDown(name: string, stopWaitSeconds: number): Promise<Service> {
      return until(name, ({ state }) => DOWN.has(state), {
        deadlineMs: stopWaitSeconds * 1000 + SPARE_MS,
        pauseMs: (round) => PAUSES_MS[round] ?? LONGEST_PAUSE_MS / 2,
      });
    },

    /**
     * Until it is RUNNING, or will not be by itself soon. supervisord counts a program as up
     * `startSeconds` after its start, and sees that only when something wakes it.
     */
    untilStarted(name: string, startSeconds: number): Promise<Service> {
      const dueMs = startSeconds * 1000 + 20;
      let roundsSinceDue = 0;
      return until(name, ({ state }) => state !== "STARTING", {
        deadlineMs: dueMs + SPARE_MS,
        pauseMs: (_round, elapsedMs) => {
          if (elapsedMs < dueMs) return Math.min(dueMs - elapsedMs, LONGEST_PAUSE_MS);
          roundsSinceDue += 1;
          return PAUSES_MS[roundsSinceDue - 1] ?? LONGEST_PAUSE_MS / 2;
        },
      });
    },
  };
}

function isAway(error: unknown): boolean {
  return error instanceof AppError && error.code === "unavailable";
}

function tookTooLong({ display, state }: Service, deadlineMs: number): AppError {
  const seconds = Math.round(deadlineMs / 1000);
  return new AppError(
    "conflict",
    `${display} is still ${state} after ${seconds} s. Its log may say why.`,
  );
}
