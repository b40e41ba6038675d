import { DAY_HOURS } from "@/lib/client/history";
import type { HistoryEvent, HistoryKind, ServiceHistory } from "@/lib/contract/history";
import type { Service } from "@/lib/contract/services";

/** "off" is supervisord's absence; "unknown" is what no log tells. */
export type Stretch = "up" | "down" | "off" | "unknown";
export type Span = { kind: Stretch; from: number; to: number };

/** The last 24 hours of a service. All times are in milliseconds since 1970. */
export type Day = {
  from: number;
  to: number;
  /** One follows the other, from `from` to `to`. */
  spans: Span[];
  crashes: number[];
  failedStarts: number[];
  /** Starts that were asked for: after a stop, or after supervisord had given up. */
  starts: number[];
};

type Known = Pick<ServiceHistory, "events" | "complete">;
type Now = Pick<Service, "running" | "started_at" | "stopped_at">;
type Change = { kind: Stretch; at: number };

const DAY_MS = DAY_HOURS * 3_600_000;
const ENDS: readonly HistoryKind[] = ["exited", "stopped", "killed"];
const LEADS_TO_NO_START: readonly HistoryKind[] = ["stopped", "killed", "gave_up"];

export function dayOf(known: Known, now: Now, to: number): Day {
  const from = to - DAY_MS;
  const { events } = known;
  const timesOf = (is: (event: HistoryEvent, at: number) => boolean) =>
    events
      .filter(is)
      .map(timeOf)
      .filter((time) => time >= from && time <= to);
  return {
    from,
    to,
    spans: spansBetween(changesOf(known, now), from, to),
    crashes: timesOf(isCrash),
    failedStarts: timesOf(({ kind }) => kind === "spawn_failed"),
    starts: timesOf((event, at) => isAskedFor(event, events[at - 1])),
  };
}

export function isCrash({ kind, expected, exit_status }: HistoryEvent): boolean {
  return kind === "exited" && !(expected ?? exit_status === 0);
}

function isAskedFor({ kind }: HistoryEvent, before: HistoryEvent | undefined): boolean {
  return kind === "spawned" && before !== undefined && LEADS_TO_NO_START.includes(before.kind);
}

/** A process that ends before it counts as up was never up; one that counts as up was so from its start. */
function changesOf({ events, complete }: Known, now: Now): Change[] {
  const changes: Change[] = [{ kind: before(events[0], complete), at: -Infinity }];
  let spawnedAt: number | null = null;

  for (const [index, event] of events.entries()) {
    const at = timeOf(event);
    const isEnd = ENDS.includes(event.kind);
    // What is told of before the first event is how long the process had been there that ended.
    if (index === 0 && isEnd) change(changes, "up", beganAt(event, complete));
    // Nothing tells when it ended that time: somewhere behind the last that is told.
    if (event.kind === "supervisord_started" && kindNow(changes) === "up") {
      change(changes, "unknown", timeOf(events[index - 1] ?? event));
    }

    if (event.kind === "running") change(changes, "up", spawnedAt ?? at);
    else if (event.kind === "supervisord_ended") change(changes, "off", at);
    // A supervisord that ends takes leave of its services after it has said so.
    else if (!(isEnd && kindNow(changes) === "off")) change(changes, "down", at);
    spawnedAt = event.kind === "spawned" ? at : null;
  }
  return endingNow(changes, now);
}

/** What was the case before the first event, if the log reaches further back than that. */
function before(first: HistoryEvent | undefined, complete: boolean): Stretch {
  if (complete) return "unknown";
  return first?.kind === "supervisord_started" ? "off" : "down";
}

function beganAt(end: HistoryEvent, complete: boolean): number {
  if (end.lasted_seconds !== null) return timeOf(end) - end.lasted_seconds * 1000;
  return complete ? timeOf(end) : -Infinity;
}

/** Where the log does not say how it is now, the state of the service does. */
function endingNow(changes: Change[], { running, started_at, stopped_at }: Now): Change[] {
  const is = kindNow(changes);
  if (running && is !== "up" && started_at !== null) {
    change(changes, "up", Date.parse(started_at));
  }
  const ended = stopped_at === null ? -Infinity : Date.parse(stopped_at);
  const isLater = ended > (changes.at(-1)?.at ?? -Infinity);
  if (!running && (is === "up" || is === "unknown") && isLater) change(changes, "down", ended);
  return changes;
}

/** From `at` on it is so, whatever was said of that time before. */
function change(changes: Change[], kind: Stretch, at: number): void {
  while (changes.length > 1 && (changes.at(-1)?.at ?? at) >= at) changes.pop();
  if (kindNow(changes) !== kind) changes.push({ kind, at });
}

function kindNow(changes: Change[]): Stretch {
  return changes.at(-1)?.kind ?? "unknown";
}

function spansBetween(changes: Change[], from: number, to: number): Span[] {
  return changes
    .map(({ kind, at }, index) => ({
      kind,
      from: Math.max(from, at),
      to: Math.min(to, changes[index + 1]?.at ?? to),
    }))
    .filter((span) => span.from < span.to);
}

function timeOf({ at }: HistoryEvent): number {
  return Date.parse(at);
}
