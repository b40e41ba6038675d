import type { Commit, UpdatePolicy } from "@/lib/contract/updates";
import type { DiskFacts } from "./update-disk";
import type { ExactTarget } from "./update-record";

/** What would change, as the sources of a service tell it. */
export type ChangeFacts = {
  /** Null where it is not known; `targetError` then says why. */
  target: ExactTarget | null;
  targetError: string | null;
  /** What is installed has everything that the target has, and more. */
  isDowngrade: boolean;
  commits: Commit[];
  commitsTotal: number;
  requirementsChanged: boolean;
  requirementsDiff: string[];
  packagesError: string | null;
  submodulesChanged: string[];
  buildsWebUi: boolean;
  /** Files that going to the target would overwrite. */
  overwrittenFiles: string[];
  /** Commits of the checked-out branch that are on no branch of the remote, and that it would leave. */
  ownCommits: number;
  disk: DiskFacts;
};

export type CheckoutFacts = {
  dir: string;
  branch: string | null;
  hasRemote: boolean;
  /** "merge", "rebase": what somebody has begun in it; null otherwise. */
  operation: string | null;
  localChanges: string[];
};

export type PlanFacts = {
  name: string;
  display: string;
  source: "git" | "pip";
  /** Null where it is not installed. */
  installed: ExactTarget | null;
  expectedAt: string;
  checkout: CheckoutFacts | null;
  change: ChangeFacts;
  /** The update before it ended half done. */
  mends: boolean;
  /** Why the last try to get to the same target failed; null where there was none. */
  failedBefore: string | null;
  /** What a rollback goes back to; null for an update. */
  snapshot: { takenAt: string; database: boolean } | null;
  /** A job of the service itself is at work. */
  isBusy: boolean;
  sharers: { name: string; display: string; running: boolean; isBusy: boolean }[];
  /** Null where supervisord cannot be asked. `restartable`: up, or trying to come up. */
  service: { running: boolean; restartable: boolean } | null;
  restartAfterUpdate: boolean;
  policy: UpdatePolicy;
  configError: string | null;
  /** Of the fullest file system that an update writes to; null where it cannot be told. */
  freeBytes: number | null;
};
