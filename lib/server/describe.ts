import type { Service, ServiceState } from "@/lib/contract/services";
import { formatDuration } from "./durations";

/** What can be said of a process, times in seconds. */
export type Facts = {
  state: ServiceState;
  missingAt: string | null;
  sinceStart: number | null;
  sinceStop: number | null;
  startSeconds: number | null;
  stopWaitSeconds: number | null;
  nextTrySeconds: number | null;
  tries: number;
} & Pick<Service, "exit_status" | "exit_signal" | "exit_expected" | "spawn_error">;

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

/** The words for a service: `detail` stands under the word for the state, `description` on its own. */
export function describe(facts: Facts): { detail: string; description: string } {
  if (facts.missingAt !== null) {
    return { detail: `no program at ${facts.missingAt}`, description: "not installed" };
  }
  const detail = detailOf(facts);
  return { detail, description: descriptionOf(facts, detail) };
}

function descriptionOf(facts: Facts, detail: string): string {
  switch (facts.state) {
    case "BACKOFF":
      return `keeps crashing: ${detail}`;
    case "FATAL":
      return `failed: ${detail}`;
    case "STARTING":
    case "STOPPING":
      return `${facts.state.toLowerCase()}: ${detail}`;
    default:
      return detail;
  }
}

function detailOf(facts: Facts): string {
  switch (facts.state) {
    case "RUNNING":
      return `up ${formatDuration(facts.sinceStart ?? 0)}`;
    case "STARTING":
      return facts.startSeconds === null
        ? formatDuration(facts.sinceStart ?? 0)
        : `${formatDuration(facts.sinceStart ?? 0)}, counts as up after ${facts.startSeconds} s`;
    case "STOPPING":
      return facts.stopWaitSeconds === null
        ? "asked to end"
        : `asked to end, killed after ${facts.stopWaitSeconds} s`;
    case "BACKOFF":
      return join(endOf(facts), nextTry(facts));
    case "FATAL":
      return join(endOf(facts), facts.tries > 1 ? `gave up after ${facts.tries} tries` : "gave up");
    case "EXITED":
      return join(facts.exit_expected ? "ended as it should" : endOf(facts), ago(facts.sinceStop));
    case "STOPPED":
      return facts.sinceStop === null ? "not started yet" : `stopped ${ago(facts.sinceStop)}`;
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

function nextTry({ nextTrySeconds }: Facts): string {
  if (nextTrySeconds === null) return "tries again";
  return nextTrySeconds < 1 ? "tries again now" : `next try in ${formatDuration(nextTrySeconds)}`;
}

function ago(seconds: number | null): string | undefined {
  return seconds === null ? undefined : `${formatDuration(seconds)} ago`;
}

function join(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}
