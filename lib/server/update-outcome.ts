import type { JobRecord } from "./update-record";

/** One sentence for the end of a job: what runs now. Pure. */
export function sayOutcome(record: JobRecord): string {
  const { display, state, touched, whole, trigger } = record;
  const before = labelOf(record.before);
  if (!whole)
    return `${display} is neither at the old nor at the new version: ${before} could not be put back. Update or roll back again to mend it.`;
  if (state === "done") return sayDone(record);
  if (!touched && !hasStep(record, "restore")) {
    const head = state === "cancelled" ? "Cancelled" : "Nothing was changed";
    return `${head}. ${display} stays at ${before}.`;
  }
  const head =
    state === "cancelled" ? "Cancelled" : trigger === "rollback" ? "Put back" : "Rolled back";
  return `${head}. ${sayRestored(record, before)}`;
}

function sayDone(record: JobRecord): string {
  const { display, was, restarted, changed } = record;
  const after = labelOf(record.after);
  if (!changed) return `${display} is at ${after} already. Nothing was changed.`;
  if (restarted && was?.state === "broken")
    return `${display} is at ${after}. It did not run before, and may still not.`;
  if (restarted) return `${display} runs ${after}.`;
  if (was?.state === "running")
    return `${display} is at ${after}; what runs is the old version until it is restarted.`;
  return `${display} is at ${after} and stays stopped.`;
}

function sayRestored(record: JobRecord, before: string): string {
  const { display, was, restarted } = record;
  const isDown = record.steps.some(({ name, state }) => name === "recheck" && state === "error");
  if (isDown) return `${display} is at ${before} as before, but it does not come up: see its log.`;
  const hasRun = was?.state === "running" || (was?.state === "held" && restarted);
  if (!hasRun) return `${display} is at ${before} as before.`;
  return `${display} ${restarted ? "runs" : "went on running"} ${before} as before.`;
}

function hasStep({ steps }: JobRecord, name: string): boolean {
  return steps.some((step) => step.name === name);
}

function labelOf(target: { label: string } | null): string {
  return target?.label ?? "its version";
}
