import type { GitCommand } from "./git-command";
import { findRef, replacedRef, setRef, targetRef } from "./git-repository";
import { findUpstream, type GitSnapshot, listBranches } from "./git-snapshot";
import { readStatus } from "./git-status";

const WHY = ["-m", "controlpilot: restore"];

/** HEAD, its branch and upstream, and the branch that was moved instead of it. */
export async function restoreRefs(
  git: GitCommand,
  dir: string,
  snapshot: GitSnapshot,
): Promise<void> {
  const { head, branch } = snapshot;
  const current = await currentBranch(git, dir);
  if (branch) {
    await moveBranch(git, dir, branch, head);
    await git.text(dir, ["symbolic-ref", ...WHY, "HEAD", `refs/heads/${branch}`]);
    await restoreUpstream(git, dir, branch, snapshot.upstream);
  } else {
    await git.text(dir, ["update-ref", ...WHY, "--no-deref", "HEAD", head]);
  }
  await restoreMovedBranches(git, dir, snapshot, current);
}

async function currentBranch(git: GitCommand, dir: string): Promise<string | null> {
  const isBorn = await findRef(git, dir, "HEAD");
  return isBorn ? (await readStatus(git, dir)).branch : null;
}

async function moveBranch(git: GitCommand, dir: string, branch: string, to: string) {
  const tip = await findRef(git, dir, `refs/heads/${branch}`);
  if (tip === to) return;
  if (tip) await setRef(git, dir, replacedRef(tip), tip);
  await git.text(dir, ["update-ref", ...WHY, `refs/heads/${branch}`, to]);
}

/** Only those that stand exactly where `apply` puts a branch; own commits on it stay. */
async function restoreMovedBranches(
  git: GitCommand,
  dir: string,
  { branch, branches }: GitSnapshot,
  current: string | null,
): Promise<void> {
  for (const [name, tip] of Object.entries(await listBranches(git, dir))) {
    const before = branches[name];
    if (name === branch || tip === before) continue;
    if (!(await findRef(git, dir, targetRef(tip)))) continue;
    if (before) await moveBranch(git, dir, name, before);
    else if (name === current) await removeBranch(git, dir, name);
  }
}

async function removeBranch(git: GitCommand, dir: string, name: string): Promise<void> {
  await git.text(dir, ["update-ref", "-d", `refs/heads/${name}`]);
  await git.ask(dir, ["config", "--remove-section", `branch.${name}`]);
}

async function restoreUpstream(
  git: GitCommand,
  dir: string,
  branch: string,
  upstream: GitSnapshot["upstream"],
): Promise<void> {
  const current = await findUpstream(git, dir, branch);
  if (current?.remote === upstream?.remote && current?.merge === upstream?.merge) return;
  for (const key of ["remote", "merge"] as const) {
    const name = `branch.${branch}.${key}`;
    if (upstream) await git.text(dir, ["config", "--replace-all", name, upstream[key]]);
    else await git.ask(dir, ["config", "--unset-all", name]);
  }
}
