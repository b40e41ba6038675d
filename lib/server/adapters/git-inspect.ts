import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors";
import { redact } from "../redact";
import type { CommandResult } from "./command";
import { exists } from "./file-presence";
import { explain, type GitCommand } from "./git-command";
import { readConfig } from "./git-repository";
import { listEdits, readStatus, type Status } from "./git-status";
import { requireVersion } from "./git-version";

export type Checkout = {
  dir: string;
  head: string;
  /** The checked-out branch; null when HEAD is detached. */
  branch: string | null;
  /**
   * The upstream of the branch; else the branch of that name at the remote; else the remote's
   * default one, whose name is null until `newest` asks for it. Null without a remote.
   */
  followed: { remote: string; branch: string | null } | null;
  /** Without passwords. */
  remoteUrl: string | null;
  shallow: boolean;
  /** Tracked files with edits, staged or not, those in submodules too. */
  localChanges: string[];
  /** "merge", "rebase", "cherry-pick", "revert" or "bisect", begun by somebody. */
  operation: string | null;
  /** "master@123a787" */
  label: string;
  headDate: string;
};

const OPERATIONS: Record<string, string> = {
  MERGE_HEAD: "merge",
  "rebase-merge": "rebase",
  "rebase-apply": "rebase",
  CHERRY_PICK_HEAD: "cherry-pick",
  REVERT_HEAD: "revert",
  BISECT_LOG: "bisect",
};

/**
 * What is checked out in `dir`, without any network; null where it is no checkout of its own. Throws
 * `unavailable` where git is too old, `conflict` where the checkout cannot be read.
 */
export async function inspect(git: GitCommand, dir: string): Promise<Checkout | null> {
  await requireVersion(git);
  const place = await locate(git, dir);
  if (!place) return null;
  const [status, config, date] = await Promise.all([
    readStatus(git, dir),
    readConfig(git, dir),
    git.find(dir, ["log", "-1", "--no-show-signature", "--format=%cI", "HEAD"]),
  ]);
  if (date === null) throw damaged(dir, "its newest commit cannot be read");
  const followed = await findFollowed(git, dir, status.branch, config);
  return {
    dir,
    head: status.head,
    branch: status.branch,
    followed,
    remoteUrl: followed && redact(config.get(`remote.${followed.remote}.url`) ?? ""),
    shallow: place.isShallow,
    localChanges: await listEdits(git, dir, status.edits),
    operation: await findOperation(place.gitDir),
    label: await labelOf(git, dir, status),
    headDate: new Date(date).toISOString(),
  };
}

async function locate(git: GitCommand, dir: string) {
  const args = ["rev-parse", "--is-bare-repository", "--is-shallow-repository"];
  const result = await git.ask(dir, [...args, "--absolute-git-dir", "--show-prefix"]);
  if (!result.ok) return explainNoRepository(dir, args, result);
  const [bare, shallow, gitDir = "", prefix] = result.stdout.split("\n");
  // A folder inside of somebody's repository is no checkout of its own.
  if (prefix) return null;
  if (bare === "true") throw new AppError("conflict", `${dir} is a bare repository: no files.`);
  return { gitDir, isShallow: shallow === "true" };
}

async function explainNoRepository(
  dir: string,
  args: string[],
  result: CommandResult,
): Promise<null> {
  const { stderr } = result;
  const isNone = /not a git repository \(or any|cannot change to/.test(stderr);
  if (isNone && !(await exists(join(dir, ".git")))) return null;
  if (/dubious ownership/.test(stderr)) {
    const owner = `${dir} belongs to another user, and git does not touch it`;
    throw new AppError("conflict", `${owner}: change its owner to ControlPilot's user.`);
  }
  throw damaged(dir, explain(dir, args, result));
}

function damaged(dir: string, why: string): AppError {
  return new AppError("conflict", `The git checkout ${dir} is damaged (${why}): clone it again.`);
}

/** The branch that updates come from. */
async function findFollowed(
  git: GitCommand,
  dir: string,
  branch: string | null,
  config: Map<string, string>,
): Promise<Checkout["followed"]> {
  const remote = config.get(`branch.${branch}.remote`);
  const merge = config.get(`branch.${branch}.merge`);
  const remotes = [...config.keys()].flatMap((key) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []);
  if (branch && remote && merge && remotes.includes(remote)) {
    return { remote, branch: merge.replace(/^refs\/heads\//, "") };
  }
  const origin = remotes.includes("origin") ? "origin" : remotes[0];
  if (origin === undefined) return null;
  if (
    branch &&
    (await git.find(dir, ["rev-parse", "--verify", `refs/remotes/${origin}/${branch}`]))
  )
    return { remote: origin, branch };
  const symbolic = await git.find(dir, ["symbolic-ref", "-q", `refs/remotes/${origin}/HEAD`]);
  return { remote: origin, branch: symbolic?.replace(`refs/remotes/${origin}/`, "") ?? null };
}

async function findOperation(gitDir: string): Promise<string | null> {
  const names = await readdir(gitDir);
  return names.map((name) => OPERATIONS[name]).find((operation) => operation) ?? null;
}

async function labelOf(git: GitCommand, dir: string, { branch, head }: Status): Promise<string> {
  if (branch) return makeLabel(branch, head);
  const tag = await git.find(dir, ["describe", "--tags", "--exact-match", "HEAD"]);
  return makeLabel(tag ?? "detached", head);
}

export function makeLabel(name: string, sha: string): string {
  return `${name}@${sha.slice(0, 7)}`;
}
