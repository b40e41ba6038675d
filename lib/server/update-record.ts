import * as z from "zod/mini";
import {
  type AuditEntry,
  JobState,
  type StepName,
  type UpdateJob,
  UpdatePolicy,
  UpdateStep,
  UpdateTrigger,
} from "@/lib/contract/updates";
import { redact } from "./redact";

/** An exact place in a service's history: a commit and the branch to be on, or a version. */
export const ExactTarget = z.object({
  /** A full commit, or a version. */
  exact: z.string(),
  /** Null for a version, and for a commit that no branch is on. */
  branch: z.nullable(z.string()),
  /** As people see it: "master@123a787", "6.10.0". */
  label: z.string(),
});
export type ExactTarget = z.infer<typeof ExactTarget>;

/** What the service did when the update began to change things; one that is held waits for its first start. */
const Was = z.object({
  state: z.enum(["running", "held", "broken", "stopped"]),
  /** The port that answered over HTTP, which it must do again. */
  answeringPort: z.nullable(z.int()),
});
export type Was = z.infer<typeof Was>;

/**
 * All that is known of a job, on disk before each thing that it says is begun, so that another
 * process can bring the job to its end from there.
 */
export const JobRecord = z.object({
  id: z.string(),
  name: z.string(),
  display: z.string(),
  kind: z.enum(["git", "pip"]),
  trigger: UpdateTrigger,
  actor: z.string(),
  request: z.object({
    target: z.nullable(z.string()),
    keepEdits: z.boolean(),
    policy: z.nullable(UpdatePolicy),
    /** The job whose snapshot is to be put back. */
    rollbackTo: z.nullable(z.string()),
  }),
  /** The process that works on it; see `identify`. */
  process: z.nullable(z.string()),
  pid: z.nullable(z.int()),
  state: JobState,
  cancelling: z.boolean(),
  /** From before the first change until everything is put back. */
  touched: z.boolean(),
  touchedAt: z.nullable(z.number()),
  /** Its process was cut off, which says nothing against its target. */
  interrupted: z.boolean(),
  /** It changed something, and that stayed. */
  changed: z.boolean(),
  /** The new version is found good: from here on the job only goes forward. */
  committed: z.boolean(),
  /** Its line stands in the audit file. */
  audited: z.boolean(),
  restarted: z.boolean(),
  /** The update before it ended half done, so what looks right may not be. */
  mends: z.boolean(),
  was: z.nullable(Was),
  before: z.nullable(ExactTarget),
  target: z.nullable(ExactTarget),
  after: z.nullable(ExactTarget),
  kept: z.nullable(z.object({ branch: z.string(), paths: z.array(z.string()) })),
  steps: z.array(UpdateStep),
  error: z.nullable(z.string()),
  outcome: z.nullable(z.string()),
  failedLog: z.array(z.string()),
  whole: z.boolean(),
  startedAt: z.number(),
  updatedAt: z.number(),
  endedAt: z.nullable(z.number()),
});
export type JobRecord = z.infer<typeof JobRecord>;

export const FORWARD_STEPS = [
  "preflight",
  "snapshot",
  "fetch",
  "apply",
  "dependencies",
  "restart",
  "health",
  "commit",
] as const satisfies StepName[];

function titleOf(step: StepName, display: string): string {
  const titles: Record<StepName, string> = {
    preflight: "Check",
    snapshot: "Take a snapshot",
    fetch: "Fetch",
    apply: "Apply",
    dependencies: "Install packages",
    restart: `Restart ${display}`,
    health: "See that it answers",
    commit: "Keep",
    restore: "Put the old version back",
    recheck: "See that it answers",
  };
  return titles[step];
}

export function newStep(name: StepName, display: string): UpdateStep {
  const title = titleOf(name, display);
  return { name, title, state: "pending", started_at: null, ended_at: null, detail: null };
}

export function newRecord(
  fields: Pick<
    JobRecord,
    "id" | "name" | "display" | "kind" | "trigger" | "actor" | "request" | "mends"
  >,
  now: number,
): JobRecord {
  return {
    ...fields,
    process: null,
    pid: null,
    state: "running",
    cancelling: false,
    touched: false,
    touchedAt: null,
    interrupted: false,
    changed: false,
    committed: false,
    audited: false,
    restarted: false,
    was: null,
    before: null,
    target: null,
    after: null,
    kept: null,
    steps: FORWARD_STEPS.map((step) => newStep(step, fields.display)),
    error: null,
    outcome: null,
    failedLog: [],
    whole: true,
    startedAt: now,
    updatedAt: now,
    endedAt: null,
  };
}

export type JobOutput = { lines: string[]; lastLine: string; size: number; path: string };

/** The job as it crosses HTTP. */
export function toUpdateJob(record: JobRecord, output: JobOutput): UpdateJob {
  return {
    id: record.id,
    name: record.name,
    state: record.state,
    trigger: record.trigger,
    target_version: record.request.target,
    pid: record.endedAt === null ? record.pid : null,
    cancelling: record.cancelling,
    last_line: output.lastLine,
    error: record.error === null ? null : redact(record.error),
    outcome: record.outcome,
    installed_before: record.before?.label ?? null,
    target: record.target?.label ?? null,
    installed_after: record.after?.label ?? null,
    rollback_before: record.before?.exact ?? null,
    rollback_after: record.after?.exact ?? null,
    kept_branch: record.kept?.branch ?? null,
    whole: record.whole,
    started_at: record.startedAt / 1000,
    updated_at: record.updatedAt / 1000,
    ended_at: record.endedAt === null ? null : record.endedAt / 1000,
    steps: record.steps,
    output_tail: output.lines,
    output_size: output.size,
    failed_log: record.failedLog,
    log_path: output.path,
  };
}

const REASONS = { user: "update", boot: "boot_reconcile", rollback: "rollback" } as const;

/** The ended job as a line of the audit file. */
export function toAuditEntry(record: JobRecord): AuditEntry {
  const { endedAt, state } = record;
  if (endedAt === null || state === "running") throw new Error(`${record.id} has not ended`);
  return {
    timestamp: new Date(endedAt).toISOString(),
    service: record.name,
    kind: record.kind,
    reason: REASONS[record.trigger],
    state,
    target: record.target?.exact ?? record.request.target,
    before: record.before?.exact ?? null,
    after: record.whole ? ((record.after ?? record.before)?.exact ?? null) : null,
    error: record.error,
    job_id: record.id,
    actor: record.actor,
    duration_seconds: Math.round((endedAt - record.startedAt) / 100) / 10,
  };
}
