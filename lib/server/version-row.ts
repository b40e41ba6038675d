import type { JobState, ServiceVersion, UpdateSource } from "@/lib/contract/updates";
import type { Comparison } from "./adapters/git";
import { exactOf, type Installed, labelOf } from "./installed";
import { NO_CHOICE, type UpdateChoice } from "./update-choice";
import type { ExactTarget } from "./update-record";
import type { Failure } from "./updates";
import { compareVersions, isSameTarget } from "./version-order";

/** The newest job of a service, as far as its versions are concerned. */
export type LastJob = {
  id: string;
  state: JobState;
  /** False where putting back failed as well. */
  whole: boolean;
  isRunning: boolean;
  /** The title of the step that it was cut off at. */
  interruptedAt: string | null;
  /** What failed since the last update that went well, newest first. */
  failures: Failure[];
};

export type RowFacts = {
  name: string;
  display: string;
  source: UpdateSource;
  /** Null where it is not installed, or where `unread` says why that is not known. */
  installed: Installed | null;
  unread: string | null;
  newest: ExactTarget | null;
  /** Milliseconds since 1970. */
  checkedAt: number | null;
  isChecking: boolean;
  checkError: string | null;
  /** Of what is installed with the newest; null where it is not known. */
  comparison: Comparison | null;
  comparisonError: string | null;
  requirements: readonly string[];
  choice: UpdateChoice;
  choiceError: string | null;
  job: LastJob | null;
};

export const NOTHING_KNOWN = {
  installed: null,
  unread: null,
  newest: null,
  checkedAt: null,
  isChecking: false,
  checkError: null,
  comparison: null,
  comparisonError: null,
  requirements: [],
  choice: NO_CHOICE,
  choiceError: null,
  job: null,
};

/** What one service's row says of its versions. Pure. */
export function versionRow(facts: RowFacts): ServiceVersion {
  const { installed, newest, comparison, choice } = facts;
  return {
    name: facts.name,
    display: facts.display,
    source: facts.source,
    update_supported: facts.source !== "image",
    installed: installed && labelOf(installed),
    latest: newest?.label ?? null,
    update_available: isNewer(facts) && !isSkipped(facts) && !hasFailed(facts),
    detail: sayDetail(facts),
    checked_at: facts.checkedAt === null ? null : new Date(facts.checkedAt).toISOString(),
    checking: facts.isChecking,
    check_error: facts.checkError,
    commits_behind: comparison?.behind ?? null,
    commits_ahead: comparison?.ahead ?? null,
    commits: comparison?.commits ?? [],
    requirements_changed: comparison && changesAny(comparison, facts.requirements),
    submodules_changed: comparison && comparison.submodulesChanged.length > 0,
    local_changes: installed?.kind === "git" ? installed.checkout.localChanges : [],
    policy: choice.policy,
    pinned: choice.pinned,
    skipped: choice.skip,
    failed: failedTarget(facts),
    interrupted: isInterrupted(facts.job),
  };
}

export function isInterrupted(job: LastJob | null): boolean {
  if (job === null || job.isRunning) return false;
  return !job.whole || job.state === "running";
}

/** Whether the newest has anything that is not here. While that is being found out it has not. */
function isNewer({ installed, newest, comparison, isChecking }: RowFacts): boolean {
  if (!installed || !newest) return false;
  if (installed.kind === "pip") return (compareVersions(newest.exact, installed.version) ?? 0) > 0;
  if (newest.exact === installed.checkout.head) return false;
  return comparison ? comparison.behind > 0 : !isChecking;
}

function isSkipped({ installed, newest, choice }: RowFacts): boolean {
  if (!installed || !newest || choice.skip === null) return false;
  return isSameTarget(installed.kind, newest.exact, choice.skip);
}

function hasFailed(facts: RowFacts): boolean {
  const failed = failedTarget(facts);
  const { installed, newest } = facts;
  if (!failed || !installed || !newest) return false;
  return isSameTarget(installed.kind, newest.exact, failed.target);
}

/** The failure at the newest counts for more than one that came later. */
function failedTarget({ installed, newest, job }: RowFacts): ServiceVersion["failed"] {
  if (!installed || !job || job.isRunning) return null;
  const isAt = (exact: string) => (failure: Failure) =>
    isSameTarget(installed.kind, failure.target, exact);
  const failures = job.failures.filter((failure) => !isAt(exactOf(installed))(failure));
  const failed = (newest && failures.find(isAt(newest.exact))) ?? failures[0];
  if (!failed) return null;
  const { target, error, jobId } = failed;
  return { target, at: new Date(failed.endedAt).toISOString(), job_id: jobId, error };
}

function changesAny({ changedFiles }: Comparison, files: readonly string[]): boolean {
  return files.some((file) => changedFiles.includes(file));
}

/** The one thing that is most worth knowing. */
function sayDetail(facts: RowFacts): string | null {
  if (facts.source === "image") return "Part of the image.";
  if (isInterrupted(facts.job)) return sayInterrupted(facts.job);
  if (!facts.installed) return facts.unread ?? (facts.isChecking ? null : "Not installed.");
  const failed = hasFailed(facts) ? failedTarget(facts) : null;
  if (failed) return `The update to ${facts.newest?.label} failed: ${failed.error}`;
  if (isNewer(facts) && isSkipped(facts)) return `${facts.newest?.label} is skipped.`;
  return facts.choiceError ?? saySource(facts) ?? facts.comparisonError;
}

function sayInterrupted(job: LastJob | null): string {
  const where = job?.interruptedAt ? ` at “${job.interruptedAt}”` : "";
  return `The last update was interrupted${where}. Roll it back, or update again, to mend it.`;
}

function saySource({ installed, newest, comparison, checkedAt }: RowFacts): string | null {
  if (installed?.kind === "pip") return sayIndex(installed.version, newest, checkedAt);
  if (installed?.kind === "git" && !installed.checkout.followed)
    return "The checkout has no remote that could be asked.";
  if (!comparison || comparison.ahead === 0) return null;
  const { ahead, behind } = comparison;
  const own = ahead === 1 ? "1 own commit" : `${ahead} own commits`;
  return behind > 0
    ? `${own} here; an update keeps ${ahead === 1 ? "it" : "them"} on a branch.`
    : `${own} that the remote does not have.`;
}

function sayIndex(version: string, newest: ExactTarget | null, checkedAt: number | null) {
  if (!newest) return checkedAt === null ? null : "The package index has no version of it.";
  const order = compareVersions(version, newest.exact);
  return order !== null && order > 0
    ? `Newer than ${newest.exact}, the newest at the index.`
    : null;
}
