import * as z from "zod/mini";
import { ServiceName } from "./services";

/** What supervisord's main log says of a service. */
export const HistoryKind = z.enum([
  /** A process was started. */
  "spawned",
  /** It stayed up long enough to count as up. */
  "running",
  /** It ended by itself, or something outside supervisord ended it. */
  "exited",
  /** It was stopped through supervisord. */
  "stopped",
  /** It did not end in time and was killed by supervisord. */
  "killed",
  /** It could not be started at all. */
  "spawn_failed",
  /** It failed so often that supervisord does not try again. */
  "gave_up",
  /** supervisord itself began, or ended; with it all services. */
  "supervisord_started",
  "supervisord_ended",
]);
export type HistoryKind = z.infer<typeof HistoryKind>;

export const HistoryEvent = z.object({
  at: z.iso.datetime(),
  kind: HistoryKind,
  pid: z.nullable(z.int()),
  exit_status: z.nullable(z.int()),
  /** As in "SIGKILL". */
  exit_signal: z.nullable(z.string()),
  /** For `exited`: whether the program's config lists the exit code as a good one. */
  expected: z.nullable(z.boolean()),
  /** For an end: how long the process had been there, in seconds. */
  lasted_seconds: z.nullable(z.number()),
  /** A sentence: "Crashed, exited with 1 after 5 h 50 min". */
  text: z.string(),
});
export type HistoryEvent = z.infer<typeof HistoryEvent>;

/** Of one service, oldest first. */
export const ServiceHistory = z.object({
  name: ServiceName,
  events: z.array(HistoryEvent),
  /** There is nothing older in the main log and its rotations. */
  complete: z.boolean(),
});
export type ServiceHistory = z.infer<typeof ServiceHistory>;
