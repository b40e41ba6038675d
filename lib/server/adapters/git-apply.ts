import { join } from "node:path";
import { AppError } from "../errors";
import type { GitCommand } from "./git-command";
import { isWanted } from "./git-fetch";
import { isGone, listOverwritten } from "./git-overwritten";
import { checkOut, depopulate, populate } from "./git-populate";
import {
  APPLIED,
  deleteRef,
  findCommit,
  findRef,
  LEFT,
  readConfig,
  remoteRef,
  replacedRef,
  setRef,
} from "./git-repository";
import { readStatus } from "./git-status";
import { isPopulated, listSubmodules, type Submodule } from "./git-submodules";

type Destination = { sha: string; branch: string | null };

/** Moves the checkout to exactly `sha`, without any network and without losing a file. */
export async function applyTarget(
  git: GitCommand,
  dir: string,
  { sha, branch }: Destination,
): Promise<void> {
  const paths = await listOverwritten(git, dir, sha);
  if (paths.length > 0) throw inTheWay(dir, paths);
  const current = await readStatus(git, dir);
  const before = await listSubmodules(git, dir, current.head);
  const after = await listSubmodules(git, dir, sha);
  const coming = after.filter((one) => isWanted(dir, one, before)).filter(isOther(before));
  await setRef(git, dir, APPLIED, sha);
  await deleteRef(git, dir, LEFT);
  for (const gone of before.filter(isGone(after))) await depopulate(git, dir, gone);
  if (branch) await keepTip(git, dir, branch, sha);
  await checkOut(git, dir, { sha, branch });
  if (branch && branch !== current.branch) await follow(git, dir, branch);
  for (const submodule of coming) await enter(git, dir, submodule);
}

function inTheWay(dir: string, paths: string[]): AppError {
  return new AppError(
    "conflict",
    `These files of ${dir} would be overwritten: ${paths.join(", ")}. Keep them on a branch, or move them away.`,
  );
}

/** One that does not change stays where the user has put it. */
function isOther(before: Submodule[]): (submodule: Submodule) => boolean {
  return ({ path, sha }) => before.find((one) => one.path === path)?.sha !== sha;
}

async function enter(git: GitCommand, dir: string, submodule: Submodule): Promise<void> {
  const { path, sha } = submodule;
  if (!isPopulated(dir, path)) return populate(git, dir, submodule);
  const inside = join(dir, path);
  if ((await findCommit(git, inside, "HEAD")) === sha) return;
  await applyTarget(git, inside, { sha, branch: null });
}

/** Commits that only the branch has must stay reachable when it moves. */
async function keepTip(git: GitCommand, dir: string, branch: string, sha: string): Promise<void> {
  const tip = await findCommit(git, dir, `refs/heads/${branch}`);
  if (tip && tip !== sha) await setRef(git, dir, replacedRef(tip), tip);
}

/** Its upstream becomes the branch of the same name, if the remote has one. */
async function follow(git: GitCommand, dir: string, branch: string): Promise<void> {
  const config = await readConfig(git, dir);
  if (config.has(`branch.${branch}.merge`)) return;
  const remotes = [...config.keys()].flatMap((key) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []);
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  if (remote === undefined) return;
  const seen = [`refs/remotes/${remote}/${branch}`, remoteRef(remote, branch)];
  const known = await Promise.all(seen.map((ref) => findRef(git, dir, ref)));
  if (known.every((sha) => sha === null)) return;
  await git.text(dir, ["config", `branch.${branch}.remote`, remote]);
  await git.text(dir, ["config", `branch.${branch}.merge`, `refs/heads/${branch}`]);
}
