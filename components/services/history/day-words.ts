import { formatDuration, formatTime } from "../format";
import type { Day, Span, Stretch } from "./day";

const MINUTE_MS = 60_000;

/** What the line of a day shows, in sentences: "Up 12 h 1 min. Crashed twice." */
export function dayWords(day: Day): string {
  if (day.spans.every(({ kind }) => kind === "unknown")) {
    return "Nothing is known of the last 24 hours.";
  }
  const words = [upWords(day), crashWords(day), startWords(day), offWords(day), unknownWords(day)];
  return words.filter((sentence) => sentence !== null).join(" ");
}

function upWords(day: Day): string {
  const upMs = total(spansOf(day, "up"));
  if (upMs === 0) return "Not up.";
  return upMs === day.to - day.from ? "Up all the time." : `Up ${durationOf(upMs)}.`;
}

function crashWords({ crashes }: Day): string | null {
  return crashes.length === 0 ? null : `Crashed ${times(crashes.length)}.`;
}

function startWords({ failedStarts }: Day): string | null {
  if (failedStarts.length === 0) return null;
  return `Could not be started${failedStarts.length === 1 ? "" : `, ${times(failedStarts.length)}`}.`;
}

function offWords(day: Day): string | null {
  const off = spansOf(day, "off");
  const [only] = off;
  if (only === undefined) return null;
  if (off.length > 1) return `supervisord was off ${times(off.length)}, ${durationOf(total(off))}.`;
  if (only.to - only.from < MINUTE_MS) return `supervisord was restarted at ${clock(only.to)}.`;
  return `supervisord was off ${between(day, only)}.`;
}

function unknownWords(day: Day): string | null {
  const unknown = spansOf(day, "unknown");
  const [only] = unknown;
  if (only === undefined) return null;
  if (unknown.length > 1) return `Nothing is known of ${durationOf(total(unknown))}.`;
  return `Nothing is known ${between(day, only)}.`;
}

function between(day: Day, { from, to }: Span): string {
  return from === day.from ? `before ${clock(to)}` : `from ${clock(from)} to ${clock(to)}`;
}

function spansOf(day: Day, kind: Stretch): Span[] {
  return day.spans.filter((span) => span.kind === kind);
}

function total(spans: Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

function times(count: number): string {
  if (count === 1) return "once";
  return count === 2 ? "twice" : `${count} times`;
}

function durationOf(ms: number): string {
  return formatDuration(ms / 1000);
}

function clock(time: number): string {
  return formatTime(new Date(time));
}
