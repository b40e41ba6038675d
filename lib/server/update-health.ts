import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "@/lib/contract/services";
import { formatDuration } from "@/lib/words/durations";
import { AppError, isUnavailable } from "./errors";
import { isDown } from "./transitions";

const PAUSE_MS = 1000;
/** A service may end this often before it counts as broken: a port is not free yet, say. */
const ENDS_ALLOWED = 1;
/** A log that has moved within this time shows that it is still coming up. */
const LOG_MOVES_MS = 60_000;
/** Nothing keeps a start waiting for longer than so many times its deadline. */
const MOST_DEADLINES = 6;

export type HealthLimits = {
  /** How long it must run without an end. */
  windowMs: number;
  /** By when it must be so; later while its log still moves. */
  deadlineMs: number;
};

type Watch = {
  name: string;
  /** A port that must answer over HTTP; null where none did before. */
  port: number | null;
  /** Nobody knows whether the port answered before: it is waited for, and its silence is no failure. */
  mayBeSilent?: boolean;
  signal?: AbortSignal;
  onDetail: (detail: string) => void;
};

export type Health = ReturnType<typeof createHealth>;

/** Tells whether a service that has just been started stays up. */
export function createHealth(deps: {
  limits: HealthLimits;
  find: (name: string) => Promise<Service>;
  answers: (port: number) => Promise<boolean>;
  /** Grows whenever the service writes to one of its logs. */
  logMark: (name: string) => Promise<string>;
  clock?: () => number;
  pause?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}) {
  const { limits } = deps;
  const clock = deps.clock ?? (() => performance.now());
  const pause =
    deps.pause ?? ((ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal }));

  /** Ends when it is well, with what is to be said of it. Throws `conflict` with the reason where it is not. */
  async function watch(watch: Watch): Promise<string> {
    const { name, port, mayBeSilent = false, signal, onDetail } = watch;
    const began = clock();
    const longestMs = limits.deadlineMs * MOST_DEADLINES;
    const life = followLife(clock);
    const log = await watchLog(name);
    let answeredAfterMs: number | null = null;
    for (;;) {
      signal?.throwIfAborted();
      const service = await look(name);
      if (service) {
        life.see(service);
        await log.look();
      }
      const isUp = service?.state === "RUNNING";
      const answers = port !== null && isUp && (await deps.answers(port));
      if (answers) answeredAfterMs ??= clock() - began;
      const upMs = life.upMs();
      if (upMs >= limits.windowMs && (port === null || answers))
        return sayWell({ port, answeredAfterMs, upMs });
      const elapsedMs = clock() - began;
      if (mayBeSilent && elapsedMs > limits.deadlineMs && upMs >= limits.windowMs)
        return `${sayUp(upMs)}, and port ${port} does not answer`;
      // A supervisord that is away says nothing against the service.
      const mayGoOn = elapsedMs < longestMs && (service === null || log.isMoving());
      if (elapsedMs > limits.deadlineMs && !mayGoOn) throw tooLate(service, { port, elapsedMs });
      onDetail(sayWaiting(service, { port: answers ? null : port, upMs }));
      await pause(PAUSE_MS, signal);
    }
  }

  /** Null while supervisord cannot be asked, which says nothing about the service. */
  function look(name: string): Promise<Service | null> {
    return deps.find(name).catch((error: unknown) => {
      if (isUnavailable(error)) return null;
      throw error;
    });
  }

  async function watchLog(name: string) {
    let last = await deps.logMark(name);
    let movedAt = Number.NEGATIVE_INFINITY;
    return {
      async look(): Promise<void> {
        const mark = await deps.logMark(name);
        if (mark !== last) movedAt = clock();
        last = mark;
      },
      isMoving: () => clock() - movedAt < Math.min(LOG_MOVES_MS, limits.deadlineMs),
    };
  }

  function sayWaiting(
    service: Service | null,
    { port, upMs }: { port: number | null; upMs: number },
  ): string {
    if (!service) return "supervisord does not answer";
    if (service.state !== "RUNNING") return service.description;
    const window = upMs < limits.windowMs ? ` of ${formatDuration(limits.windowMs / 1000)}` : "";
    const up = `up ${formatDuration(upMs / 1000)}${window}`;
    return port === null ? up : `port ${port} does not answer yet, ${up}`;
  }

  return { watch };
}

/** How long it has been up in one piece, and how often it has not. */
function followLife(clock: () => number) {
  const ends: string[] = [];
  let pid: number | null = null;
  let upSince: number | null = null;
  return {
    see(service: Service): void {
      const isUp = service.state === "RUNNING";
      const isAnother = pid !== null && service.pid !== pid;
      if (isAnother || isDown(service) || service.state === "BACKOFF") {
        ends.push(isAnother ? "it ended and was started again" : service.description);
        if (ends.length > ENDS_ALLOWED || isDown(service)) throw broken(service, ends);
        upSince = null;
      }
      pid = isUp ? service.pid : null;
      if (isUp) upSince ??= clock();
    },
    upMs: () => (upSince === null ? 0 : clock() - upSince),
  };
}

function broken({ display, state }: Service, ends: string[]): AppError {
  const why = state === "STOPPED" ? "was stopped while it was watched" : ends.join("; then ");
  return new AppError("conflict", `${display} does not stay up: ${why}.`);
}

type Waited = { port: number | null; elapsedMs: number };

function tooLate(service: Service | null, { port, elapsedMs }: Waited): AppError {
  const time = formatDuration(elapsedMs / 1000);
  if (!service) return new AppError("conflict", `supervisord did not answer for ${time}.`);
  const { display, state, description } = service;
  if (state === "RUNNING" && port !== null)
    return new AppError("conflict", `${display} runs, but port ${port} did not answer in ${time}.`);
  return new AppError("conflict", `${display} was not up after ${time}: ${description}.`);
}

type Well = { port: number | null; answeredAfterMs: number | null; upMs: number };

function sayWell({ port, answeredAfterMs, upMs }: Well): string {
  if (port === null || answeredAfterMs === null) return sayUp(upMs);
  return `port ${port} answered after ${formatDuration(answeredAfterMs / 1000)}, ${sayUp(upMs)}`;
}

function sayUp(upMs: number): string {
  return `up ${formatDuration(upMs / 1000)} without an end`;
}
