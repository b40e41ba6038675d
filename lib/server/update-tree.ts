import type { Comparison, Git } from "./adapters/git";
import { AppError } from "./errors";
import type { Installed } from "./installed";
import type { ChangeFacts } from "./update-plan-facts";
import type { ExactTarget } from "./update-record";
import { asTarget } from "./version-order";

const DIFF_LINES = 500;

export type TreeGit = Pick<
  Git,
  "newest" | "resolve" | "fetch" | "compare" | "overwritten" | "diff"
>;
type InstalledGit = Extract<Installed, { kind: "git" }>;

/** Where an update goes: back to where it was, to what a person typed, or to the newest. */
export type Aim = { wanted: string | null; back: ExactTarget | null };

/** What a source tells of a change; what is installed with it and what that takes is found out elsewhere. */
export type SourceChange = Omit<ChangeFacts, "packagesError" | "buildsWebUi" | "disk">;
export type TreeChange = SourceChange & { changedFiles: string[] };

/** Brings the target's objects here, and says what is between it and what is checked out. */
export async function findTreeChange(
  git: TreeGit,
  { checkout }: InstalledGit,
  { requirements, ...aim }: Aim & { requirements: readonly string[] },
): Promise<TreeChange> {
  const target = await findTarget(git, { checkout }, aim);
  if ("error" in target) return { ...NO_CHANGE, targetError: target.error, changedFiles: [] };
  const { dir, head } = checkout;
  await git.fetch(checkout, { sha: target.exact, branch: target.branch });
  const forward = await git.compare(dir, head, target.exact);
  const isDowngrade = forward.behind === 0 && forward.ahead > 0;
  const shown = isDowngrade ? await git.compare(dir, target.exact, head) : forward;
  const changedFiles = [...forward.changedFiles, ...forward.submodulesChanged];
  const requirementsChanged = requirements.some((file) => changedFiles.includes(file));
  return {
    target,
    targetError: null,
    isDowngrade,
    commits: shown.commits,
    commitsTotal: shown.behind,
    requirementsChanged,
    requirementsDiff: requirementsChanged
      ? toLines(await git.diff(dir, head, target.exact, [...requirements]))
      : [],
    submodulesChanged: forward.submodulesChanged,
    overwrittenFiles: await git.overwritten(dir, target.exact),
    ownCommits: aim.back ? 0 : await countOwnCommits(git, { checkout }, { target, forward }),
    changedFiles,
  };
}

type Here = Pick<InstalledGit, "checkout">;

async function findTarget(
  git: TreeGit,
  { checkout }: Here,
  { wanted, back }: Aim,
): Promise<ExactTarget | { error: string | null }> {
  if (back) return back;
  if (wanted === null) {
    if (!checkout.followed) return { error: null };
    return asTarget(checkout, await git.newest(checkout));
  }
  try {
    const { sha, branch, label } = await git.resolve(checkout, wanted);
    return { exact: sha, branch, label };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return { error: error.message };
    throw error;
  }
}

/**
 * Commits that only the checked-out branch has, where an update would move that branch off them.
 * What lies between an older target and the remote's branch is not lost: the remote has it. Not for
 * a rollback, which asks no remote; git keeps what it leaves in refs/controlpilot.
 */
async function countOwnCommits(
  git: TreeGit,
  { checkout }: Here,
  { target, forward }: { target: ExactTarget; forward: Comparison },
): Promise<number> {
  const leavesBranch = checkout.branch === null || checkout.branch !== target.branch;
  if (leavesBranch || forward.ahead === 0 || !checkout.followed) return 0;
  try {
    const tip = await git.newest(checkout);
    await git.fetch(checkout, tip);
    return (await git.compare(checkout.dir, checkout.head, tip.sha)).ahead;
  } catch (error) {
    // Better to keep on a branch what the remote has as well.
    if (error instanceof AppError) return forward.ahead;
    throw error;
  }
}

function toLines(diff: string): string[] {
  return diff.split("\n").slice(0, DIFF_LINES);
}

export const NO_CHANGE: SourceChange = {
  target: null,
  targetError: null,
  isDowngrade: false,
  commits: [],
  commitsTotal: 0,
  requirementsChanged: false,
  requirementsDiff: [],
  submodulesChanged: [],
  overwrittenFiles: [],
  ownCommits: 0,
};
