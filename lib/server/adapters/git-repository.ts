import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors";
import type { GitCommand } from "./git-command";

/** Everything ControlPilot writes into a repository stands below this. */
export const REFS = "refs/controlpilot";

/** Where `apply` went last, or is going; `restore` puts back what it wrote. */
export const APPLIED = `${REFS}/applied`;

/** Set while, and after, the files of a submodule were taken away: an empty tree. */
export const LEFT = `${REFS}/left`;

export const targetRef = (sha: string) => `${REFS}/targets/${sha}`;
export const keptRef = (branch: string) => `${REFS}/kept/${branch}`;
/** Commits that a branch was moved away from, by the day of that. */
export const replacedRef = (sha: string) => `${REFS}/replaced/${day(new Date())}/${sha}`;
/** Files that nobody knew and that stood in the way of restoring, by the day of that. */
export const setAsideRef = (sha: string) => `${REFS}/set-aside/${day(new Date())}/${sha}`;
export const snapshotRef = (sha: string) => `${REFS}/snapshots/${sha}`;
/** Where a branch of a remote was when somebody asked for it. */
export const remoteRef = (remote: string, branch: string) => `${REFS}/remotes/${remote}/${branch}`;

/** "2026-01-31" */
export const day = (date: Date) => date.toISOString().slice(0, 10);

export async function gitDirOf(git: GitCommand, dir: string): Promise<string> {
  return (await git.text(dir, ["rev-parse", "--absolute-git-dir"])).trimEnd();
}

/** A folder that git and people do not see, also where `.git` is a file. */
export async function makeStagingDir(git: GitCommand, dir: string, id: string): Promise<string> {
  const path = stagingIn(await gitDirOf(git, dir), id);
  await mkdir(path, { recursive: true });
  return path;
}

/** Where `makeStagingDir` makes it; null where `dir` is no checkout of its own. */
export async function findStagingPath(
  git: GitCommand,
  dir: string,
  id: string,
): Promise<string | null> {
  const args = ["rev-parse", "--is-inside-work-tree", "--absolute-git-dir", "--show-prefix"];
  const [isCheckout, gitDir = "", prefix] = (await git.find(dir, args))?.split("\n") ?? [];
  return isCheckout === "true" && !prefix ? stagingIn(gitDir, id) : null;
}

function stagingIn(gitDir: string, id: string): string {
  if (!/^[\w][\w.-]*$/.test(id)) throw new AppError("invalid", `${id} is no name for a folder.`);
  return join(gitDir, "controlpilot", id);
}

export function findCommit(git: GitCommand, dir: string, name: string): Promise<string | null> {
  return git.find(dir, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${name}^{commit}`,
  ]);
}

/** What a ref of ControlPilot's points at, be it a commit or a tree. */
export function findRef(git: GitCommand, dir: string, ref: string): Promise<string | null> {
  return git.find(dir, ["rev-parse", "--verify", "--quiet", "--end-of-options", ref]);
}

export async function setRef(git: GitCommand, dir: string, ref: string, sha: string) {
  await git.text(dir, ["update-ref", "--no-deref", ref, sha]);
}

export async function deleteRef(git: GitCommand, dir: string, ref: string): Promise<void> {
  await git.text(dir, ["update-ref", "--no-deref", "-d", ref]);
}

/** All settings, as git joins them from its files; the last of several values. */
export async function readConfig(git: GitCommand, dir: string): Promise<Map<string, string>> {
  return parseConfig(await git.text(dir, ["config", "--list", "-z"]));
}

/** "key\nvalue\0" */
export function parseConfig(listing: string): Map<string, string> {
  const entries = listing.split("\0").filter(Boolean);
  return new Map(
    entries.map((entry) => {
      const at = entry.indexOf("\n");
      return at < 0 ? [entry, "true"] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
