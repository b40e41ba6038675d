import type { HistoryEvent } from "@/lib/contract/history";
import { formatDuration } from "@/lib/words/durations";
import type { MainLogEntry } from "./adapters/main-log";
import { type Life, wasUp } from "./lives";
import { redact } from "./redact";

/** What a line of the main log means to people, given the life of the process before it; null where nothing. */
export function toEvent(entry: MainLogEntry, before: Life): HistoryEvent | null {
  if (entry.kind === "stopping") return null;
  return {
    at: new Date(entry.at).toISOString(),
    kind: entry.kind,
    pid: entry.pid ?? before.pid,
    exit_status: entry.exitStatus,
    exit_signal: isEnd(entry) ? entry.signal : null,
    expected: entry.expected,
    lasted_seconds: lastedSeconds(entry, before),
    text: textOf(entry, before),
  };
}

function textOf(entry: MainLogEntry, before: Life): string {
  const { kind, pid, signal, reason } = entry;
  switch (kind) {
    case "spawned":
      return `Started, pid ${pid}`;
    case "running":
      return "Counts as up";
    case "exited":
      return exitText(entry, before) + after(entry, before);
    case "stopped":
      return `Stopped${after(entry, before)}`;
    case "killed":
      return `Killed by ${signal}${after(entry, before)}`;
    case "spawn_failed":
      return `Could not be started: ${redact(reason ?? "")}`;
    case "gave_up":
      return before.tries ? `Gave up after ${triesText(before.tries)}` : "Gave up";
    case "supervisord_started":
      return `supervisord started, pid ${pid}`;
    case "supervisord_ended":
      return signal === null ? "supervisord ended" : supervisordText(signal, reason);
    case "stopping":
      return "";
  }
}

function exitText(entry: MainLogEntry, before: Life): string {
  if (entry.expected) return "Ended as it should";
  const crashed = wasUp(before, entry) === false ? "Crashed while it started" : "Crashed";
  if (entry.signal !== null) return `${crashed}, ended by ${entry.signal}`;
  return entry.exitStatus === null ? crashed : `${crashed}, exited with ${entry.exitStatus}`;
}

function supervisordText(signal: string, reason: string | null): string {
  return `supervisord was told to ${reason === "restart" ? "start again" : "end"}, by ${signal}`;
}

function triesText(tries: number): string {
  return tries === 1 ? "1 try" : `${tries} tries`;
}

function after(entry: MainLogEntry, before: Life): string {
  const seconds = lastedSeconds(entry, before);
  return seconds === null ? "" : ` after ${formatDuration(seconds)}`;
}

function lastedSeconds(entry: MainLogEntry, { spawnedAt }: Life): number | null {
  if (!isEnd(entry) || spawnedAt === null) return null;
  return Math.max(0, entry.at - spawnedAt) / 1000;
}

function isEnd({ kind }: MainLogEntry): boolean {
  return kind === "exited" || kind === "stopped" || kind === "killed";
}
