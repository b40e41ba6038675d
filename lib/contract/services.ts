import * as z from "zod/mini";
import { Cause } from "./causes";

/** A supervisord process name, with its group in front where the two differ (`group:name`). */
export const ServiceName = z.string().check(z.regex(/^[^\s/]{1,200}$/, "is not a service name"));

export const ServiceState = z.enum([
  "STOPPED",
  "STARTING",
  "RUNNING",
  "BACKOFF",
  "STOPPING",
  "EXITED",
  "FATAL",
  "UNKNOWN",
]);
export type ServiceState = z.infer<typeof ServiceState>;

const Timestamp = z.iso.datetime();

export const Service = z.object({
  name: ServiceName,
  display: z.string(),
  state: ServiceState,
  state_raw: z.string(),
  running: z.boolean(),
  /** What the config file says; a missing option is true, supervisor's default. */
  autostart: z.boolean(),
  /** What the running supervisord goes by; null where that cannot be told. */
  autostart_loaded: z.nullable(z.boolean()),
  pid: z.nullable(z.int()),
  started_at: z.nullable(Timestamp),
  stopped_at: z.nullable(Timestamp),
  /** Null unless it runs. */
  uptime_seconds: z.nullable(z.int()),
  /** Exit code of the last end; null while it runs, before the first end, and after a signal. */
  exit_status: z.nullable(z.int()),
  /** Name of the signal that ended it, as in "SIGKILL". */
  exit_signal: z.nullable(z.string()),
  /** Whether the program's config lists this exit code as a good one; null unless it ended by itself. */
  exit_expected: z.nullable(z.boolean()),
  spawn_error: z.nullable(z.string()),
  /** One sentence: "up 3 min", "keeps crashing: exited with 1, next try in 2 s". */
  description: z.string(),
  /** The part of `description` that stands under the word for the state: "exited with 1, next try in 2 s". */
  detail: z.string(),
  port: z.nullable(z.int()),
  /** Reachable through the machine's address or its proxy, not from the machine itself only. */
  public_port: z.boolean(),
  /** False where the program's app is absent from this machine. */
  installed: z.boolean(),
  /** The app is absent, and a small page runs in its place. */
  stand_in: z.boolean(),
  /** Its launcher waits for the update that this boot re-applies; it starts after that. */
  held: z.boolean(),
  /** True for ControlPilot itself. */
  self: z.boolean(),
  /** Stopping or restarting it now may end somebody's work, so a person is asked first. */
  guarded: z.boolean(),
  /** How often supervisord started it again by itself in the last hour; 1000 at most. */
  restarts_last_hour: z.int(),
  /** It crashes again and again, though each time it stays up long enough to count as up: three times in 15 min. */
  flapping: z.boolean(),
  /** Why it died, where that is recognised; null while it is well. */
  cause: z.nullable(Cause),
  /** What `detail` is made of besides: lets a page go on telling the time between two answers. */
  clock: z.object({
    /** A program that is not installed was looked for here. */
    missing_at: z.nullable(z.string()),
    start_seconds: z.nullable(z.int()),
    stop_wait_seconds: z.nullable(z.int()),
    next_try_at: z.nullable(Timestamp),
    tries: z.int(),
  }),
  checked_at: Timestamp,
});
export type Service = z.infer<typeof Service>;

export const Services = z.array(Service);

export const ServiceAction = z.enum(["start", "stop", "restart"], {
  error: "must be start, stop or restart",
});
export type ServiceAction = z.infer<typeof ServiceAction>;

/** "accepted" where the answer comes before the action is done. */
export const ActionAnswer = z.object({ status: z.enum(["ok", "accepted"]) });
export type ActionAnswer = z.infer<typeof ActionAnswer>;

export const BulkAction = z.object({
  action: ServiceAction,
  names: z.array(ServiceName).check(z.minLength(1), z.maxLength(500)),
});
export type BulkAction = z.infer<typeof BulkAction>;

export const BulkResult = z.object({
  name: ServiceName,
  status: z.enum(["ok", "error"]),
  detail: z.optional(z.string()),
});
export type BulkResult = z.infer<typeof BulkResult>;
