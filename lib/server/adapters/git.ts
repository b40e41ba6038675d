import type { Runner } from "./command";
import { applyTarget } from "./git-apply";
import { createGitCommand } from "./git-command";
import { compare, diffPaths } from "./git-compare";
import { exportTree } from "./git-export";
import { fetchTarget } from "./git-fetch";
import { type Checkout, inspect } from "./git-inspect";
import { type Keep, keepEdits } from "./git-keep";
import { removeStaleLocks } from "./git-locks";
import { listOverwritten } from "./git-overwritten";
import { findStagingPath, makeStagingDir } from "./git-repository";
import { findNewest, resolveTarget, type Target } from "./git-resolve";
import { type Kept, restoreSnapshot } from "./git-restore";
import { type GitSnapshot, takeSnapshot } from "./git-snapshot";
import { type Needed, tidy } from "./git-tidy";

export type { Comparison } from "./git-compare";
export type { Checkout, GitSnapshot };

export type Git = ReturnType<typeof createGit>;

type Destination = Pick<Target, "sha" | "branch">;

/** So long another git may work where this one is needed. */
const PATIENCE_MS = 60_000;

/**
 * Git checkouts. Looking changes nothing; `resolve`, `fetch` and `snapshot` add only objects and
 * `refs/controlpilot`; `keepEdits`, `apply` and `restore` change files, and none of them loses one.
 * Only `newest`, `resolve` and `fetch` use the network; they throw `unavailable` where it fails.
 */
export function createGit(run: Runner, { patienceMs = PATIENCE_MS } = {}) {
  const git = createGitCommand(run, patienceMs);
  return {
    inspect: (dir: string) => inspect(git, dir),
    /** The commit that is checked out, in a fraction of the time of `inspect`; null where there is none. */
    head: (dir: string) => git.find(dir, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]),
    newest: (checkout: Checkout) => findNewest(git, checkout),
    resolve: (checkout: Checkout, target: string) => resolveTarget(git, checkout, target),
    fetch: (checkout: Checkout, to: Destination) => fetchTarget(git, checkout, to),
    compare: (dir: string, from: string, to: string) => compare(git, dir, from, to),
    diff: (dir: string, from: string, to: string, paths: string[]) =>
      diffPaths(git, dir, { from, to, paths }),
    overwritten: (dir: string, sha: string) => listOverwritten(git, dir, sha),
    keepEdits: (dir: string, keep: Keep) => keepEdits(git, dir, keep),
    snapshot: (dir: string) => takeSnapshot(git, dir),
    apply: (dir: string, to: Destination) => applyTarget(git, dir, to),
    restore: (dir: string, snapshot: GitSnapshot, kept: Kept | null) =>
      restoreSnapshot(git, dir, snapshot, kept),
    removeStaleLocks: (dir: string, since: Date) => removeStaleLocks(git, dir, since),
    exportTree: (dir: string, sha: string, to: string) => exportTree(git, dir, sha, to),
    stagingDir: (dir: string, id: string) => makeStagingDir(git, dir, id),
    stagingPath: (dir: string, id: string) => findStagingPath(git, dir, id),
    tidy: (dir: string, needed: Needed) => tidy(git, dir, needed),
  };
}
