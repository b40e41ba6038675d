import * as z from "zod/mini";
import { ServiceName } from "./services";

const Timestamp = z.iso.datetime();

export const UpdateSource = z.enum(["git", "pip", "image"]);
export type UpdateSource = z.infer<typeof UpdateSource>;

/** What the next boot does: leave what the image brings, install exactly this, or the newest. */
export const UpdatePolicy = z.enum(["manual", "pinned", "follow"], {
  error: "must be manual, pinned or follow",
});
export type UpdatePolicy = z.infer<typeof UpdatePolicy>;

/** An exact version, a branch, a tag or a commit; never an option, an address or a range. */
export const TargetVersion = z
  .string()
  .check(
    z.maxLength(200),
    z.regex(/^[A-Za-z0-9][A-Za-z0-9._+/!-]*$/, "is not a version, branch, tag or commit"),
  );

export const Commit = z.object({
  sha: z.string(),
  subject: z.string(),
  author: z.string(),
  date: Timestamp,
});
export type Commit = z.infer<typeof Commit>;

/** An update that ended badly and is not offered again by itself. */
export const FailedTarget = z.object({
  target: z.string(),
  at: Timestamp,
  job_id: z.string(),
  error: z.string(),
});

export const ServiceVersion = z.object({
  name: ServiceName,
  display: z.string(),
  source: UpdateSource,
  update_supported: z.boolean(),
  /** As "master@123a787" or "6.10.0"; null where it is not installed or cannot be told. */
  installed: z.nullable(z.string()),
  latest: z.nullable(z.string()),
  update_available: z.boolean(),
  /** A sentence for what the rest does not say: part of the image, why it could not be asked, what was interrupted. */
  detail: z.nullable(z.string()),
  /** When the source last answered; null where it never did. */
  checked_at: z.nullable(Timestamp),
  /** An answer is on its way; the rest is what was known before. */
  checking: z.boolean(),
  /** Why the source could not be asked the last time; the rest is then older, see `checked_at`. */
  check_error: z.nullable(z.string()),
  commits_behind: z.nullable(z.int()),
  /** Own commits that the source does not have. */
  commits_ahead: z.nullable(z.int()),
  /** The newest 50 of those that are missing here. */
  commits: z.array(Commit),
  requirements_changed: z.nullable(z.boolean()),
  submodules_changed: z.nullable(z.boolean()),
  /** Files with local edits, as paths in the checkout. */
  local_changes: z.array(z.string()),
  policy: UpdatePolicy,
  /** What the next boot installs; null where no target is given. */
  pinned: z.nullable(z.string()),
  /** The version the user does not want to be offered. */
  skipped: z.nullable(z.string()),
  failed: z.nullable(FailedTarget),
  /** An update ended half done and could not be mended: only a rollback or another update mends it. */
  interrupted: z.boolean(),
});
export type ServiceVersion = z.infer<typeof ServiceVersion>;

export const StepName = z.enum([
  "preflight",
  "snapshot",
  "fetch",
  "apply",
  "dependencies",
  "restart",
  "health",
  "commit",
  "restore",
  "recheck",
]);
export type StepName = z.infer<typeof StepName>;

export const UpdateStep = z.object({
  name: StepName,
  title: z.string(),
  state: z.enum(["pending", "running", "done", "error", "skipped"]),
  started_at: z.nullable(Timestamp),
  ended_at: z.nullable(Timestamp),
  detail: z.nullable(z.string()),
});
export type UpdateStep = z.infer<typeof UpdateStep>;

export const UpdateTrigger = z.enum(["user", "boot", "rollback"]);
export type UpdateTrigger = z.infer<typeof UpdateTrigger>;

export const JobState = z.enum(["running", "done", "error", "cancelled", "rolled_back"]);
export type JobState = z.infer<typeof JobState>;

export const UpdateJob = z.object({
  id: z.string(),
  name: ServiceName,
  state: JobState,
  trigger: UpdateTrigger,
  /** What was asked for; null for the newest. */
  target_version: z.nullable(z.string()),
  /** Of the process that does it; null once it has ended. */
  pid: z.nullable(z.int()),
  /** Cancelling was asked for, and what it takes is under way. */
  cancelling: z.boolean(),
  last_line: z.string(),
  /** One sentence that says what failed; null while nothing has. */
  error: z.nullable(z.string()),
  /** One sentence for the end: what runs now. Null while it runs. */
  outcome: z.nullable(z.string()),
  /** What it goes to, as people see it; null until that is known. */
  target: z.nullable(z.string()),
  installed_before: z.nullable(z.string()),
  installed_after: z.nullable(z.string()),
  /** What the snapshot goes back to: a full commit or a version. */
  rollback_before: z.nullable(z.string()),
  rollback_after: z.nullable(z.string()),
  /** The branch that local edits were moved to. */
  kept_branch: z.nullable(z.string()),
  /** Nothing was changed that was not put back. False where putting back failed as well. */
  whole: z.boolean(),
  /** Seconds since 1970. */
  started_at: z.number(),
  updated_at: z.number(),
  ended_at: z.nullable(z.number()),
  steps: z.array(UpdateStep),
  /** The last lines of the output, as the programs wrote them. */
  output_tail: z.array(z.string()),
  /** Bytes of the whole output so far. */
  output_size: z.int(),
  /** Lines of the service's own log that say why it failed. */
  failed_log: z.array(z.string()),
  log_path: z.string(),
});
export type UpdateJob = z.infer<typeof UpdateJob>;

export const UpdateStatus = z.union([
  UpdateJob,
  z.object({ name: ServiceName, state: z.literal("idle") }),
]);
export type UpdateStatus = z.infer<typeof UpdateStatus>;

export const StartUpdate = z.object({
  target_version: z.optional(z.nullable(TargetVersion)),
  /** Local edits in the way go to a branch of their own, and the update goes on. */
  keep_edits: z.optional(z.boolean()),
  /** What the next boot is to do after a success; "pinned" unless said. */
  policy: z.optional(UpdatePolicy),
});
export type StartUpdate = z.infer<typeof StartUpdate>;

/** As "20261123T101500-abc123": when the job began, in UTC. */
export const JobId = z.string().check(z.regex(/^\d{8}T\d{6}-[a-z0-9]{6}$/, "is not a job id"));

export const StartRollback = z.object({
  to: z.optional(z.nullable(JobId)),
  keep_edits: z.optional(z.boolean()),
});
export type StartRollback = z.infer<typeof StartRollback>;

export const PackageChange = z.object({
  name: z.string(),
  /** Null where it is new, or goes. */
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
});
export type PackageChange = z.infer<typeof PackageChange>;

export const UpdatePlan = z.object({
  name: ServiceName,
  source: UpdateSource,
  /** As "master@123a787" or "6.10.0". */
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
  /** The exact commit or version that would be installed. */
  target: z.nullable(z.string()),
  /** Nothing would change. */
  nothing_to_do: z.boolean(),
  /** The target lies behind what is installed. */
  is_downgrade: z.boolean(),
  commits_total: z.int(),
  commits: z.array(Commit),
  requirements_changed: z.boolean(),
  /** Lines of a unified diff of the requirement files. */
  requirements_diff: z.array(z.string()),
  /** Null where only the job will know. */
  packages: z.nullable(z.array(PackageChange)),
  submodules_changed: z.array(z.string()),
  web_ui_is_built: z.boolean(),
  disk: z.object({ needed_bytes: z.int(), free_bytes: z.nullable(z.int()) }),
  local_changes: z.array(z.string()),
  /** Those of the local edits that the update would overwrite; it refuses unless they are kept on a branch. */
  overwritten: z.array(z.string()),
  shares_venv_with: z.array(
    z.object({ name: ServiceName, display: z.string(), running: z.boolean() }),
  ),
  restarts: z.boolean(),
  runs_now: z.boolean(),
  policy: UpdatePolicy,
  /** Sentences that name why it cannot start, each with a way out. Empty: it can. */
  blockers: z.array(z.string()),
  /** Sentences worth knowing before. */
  notes: z.array(z.string()),
});
export type UpdatePlan = z.infer<typeof UpdatePlan>;

export const UpdateSettings = z.object({
  policy: z.optional(UpdatePolicy),
  target: z.optional(z.nullable(TargetVersion)),
  skip: z.optional(z.nullable(TargetVersion)),
});
export type UpdateSettings = z.infer<typeof UpdateSettings>;

export const UpdateSettingsAnswer = z.object({
  status: z.literal("ok"),
  name: ServiceName,
  policy: UpdatePolicy,
  target: z.nullable(z.string()),
  skip: z.nullable(z.string()),
});
export type UpdateSettingsAnswer = z.infer<typeof UpdateSettingsAnswer>;

/** One line of the audit file. */
export const AuditEntry = z.object({
  timestamp: Timestamp,
  service: z.string(),
  kind: z.string(),
  reason: z.enum(["update", "boot_reconcile", "rollback"]),
  state: z.enum(["done", "error", "cancelled", "rolled_back"]),
  target: z.nullable(z.string()),
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
  error: z.optional(z.nullable(z.string())),
  job_id: z.optional(z.nullable(z.string())),
  actor: z.optional(z.nullable(z.string())),
  duration_seconds: z.optional(z.nullable(z.number())),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An audit entry, with what is still there of its job. */
export const HistoryEntry = z.extend(AuditEntry, {
  display: z.string(),
  /** Its whole output can be read. */
  has_log: z.boolean(),
  /** Its snapshot is kept, so that `update/rollback` can go back to what was there before it. */
  can_roll_back: z.boolean(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;
