import type { Service } from "@/lib/contract/services";
import { formatDuration } from "./durations";

/** What the words for a service are made of. */
export type Facts = Pick<
  Service,
  | "state"
  | "held"
  | "started_at"
  | "stopped_at"
  | "exit_status"
  | "exit_signal"
  | "exit_expected"
  | "spawn_error"
  | "clock"
>;

const EXIT_MEANINGS: Record<number, string> = {
  126: "cannot be executed",
  127: "command not found",
  134: "aborted",
  137: "killed, often for memory",
  139: "crashed in native code",
  143: "was asked to end",
};
const SIGNAL_MEANINGS: Record<string, string> = {
  SIGKILL: "often for memory",
  SIGSEGV: "crashed in native code",
  SIGABRT: "aborted",
};
const NO_REASON = /^Exited too quickly|^Bad exit code/;

/**
 * The words for a service at a time, by the clock of the machine it runs on: `detail` stands under the
 * word for the state, `description` on its own.
 */
export function describe(facts: Facts, now: Date): { detail: string; description: string } {
  const { missing_at } = facts.clock;
  if (missing_at !== null) {
    return { detail: `no program at ${missing_at}`, description: "not installed" };
  }
  const detail = detailOf(facts, now);
  return { detail, description: descriptionOf(facts, detail) };
}

/** Null unless it runs. */
export function secondsUp(
  { state, held, started_at }: Pick<Service, "state" | "held" | "started_at">,
  now: Date,
): number | null {
  return state === "RUNNING" && !held ? Math.floor(secondsSince(started_at, now) ?? 0) : null;
}

function descriptionOf({ state, held }: Facts, detail: string): string {
  if (held) return detail;
  switch (state) {
    case "BACKOFF":
      return `keeps crashing: ${detail}`;
    case "FATAL":
      return `failed: ${detail}`;
    case "STARTING":
    case "STOPPING":
      return `${state.toLowerCase()}: ${detail}`;
    default:
      return detail;
  }
}

function detailOf(facts: Facts, now: Date): string {
  const { clock, exit_expected, held } = facts;
  if (held) return "waits for its update";
  const sinceStart = secondsSince(facts.started_at, now);
  const sinceStop = secondsSince(facts.stopped_at, now);
  switch (facts.state) {
    case "RUNNING":
      return `up ${formatDuration(sinceStart ?? 0)}`;
    case "STARTING":
      return clock.start_seconds === null
        ? formatDuration(sinceStart ?? 0)
        : `${formatDuration(sinceStart ?? 0)}, counts as up after ${clock.start_seconds} s`;
    case "STOPPING":
      return clock.stop_wait_seconds === null
        ? "asked to end"
        : `asked to end, killed after ${clock.stop_wait_seconds} s`;
    case "BACKOFF":
      return join(endOf(facts), nextTry(clock, now));
    case "FATAL":
      return join(endOf(facts), clock.tries > 1 ? `gave up after ${clock.tries} tries` : "gave up");
    case "EXITED":
      return join(exit_expected ? "ended as it should" : endOf(facts), ago(sinceStop));
    case "STOPPED":
      return sinceStop === null ? "not started yet" : `stopped ${ago(sinceStop)}`;
    case "UNKNOWN":
      return "supervisord cannot tell its state";
  }
}

function endOf({ exit_status, exit_signal, spawn_error }: Facts): string {
  if (spawn_error && !NO_REASON.test(spawn_error)) return spawn_error;
  if (exit_signal) return join(`ended by ${exit_signal}`, SIGNAL_MEANINGS[exit_signal]);
  if (exit_status === null) return "ended too quickly";
  return join(`exited with ${exit_status}`, EXIT_MEANINGS[exit_status]);
}

function nextTry({ next_try_at }: Service["clock"], now: Date): string {
  const sinceThen = secondsSince(next_try_at, now);
  if (sinceThen === null) return "tries again";
  return sinceThen > -1 ? "tries again now" : `next try in ${formatDuration(-sinceThen)}`;
}

function secondsSince(moment: string | null, now: Date): number | null {
  return moment === null ? null : (now.getTime() - Date.parse(moment)) / 1000;
}

function ago(seconds: number | null): string | undefined {
  return seconds === null ? undefined : `${formatDuration(seconds)} ago`;
}

function join(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}
