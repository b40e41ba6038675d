import type { Commit } from "@/lib/contract/updates";
import type { GitCommand } from "./git-command";
import { changedPaths, isSubmodule, readTree } from "./git-tree";

export type Comparison = {
  /** Commits that `to` has and `from` has not. */
  behind: number;
  /** Commits that `from` has and `to` has not. */
  ahead: number;
  /** The newest 50 of those that `from` has not. */
  commits: Commit[];
  changedFiles: string[];
  submodulesChanged: string[];
};

const NEWEST = 50;

/**
 * Both commits must be here. In a shallow clone only what is here is counted: `behind` is then
 * what fetching brought, and both are at least 1 where no common commit was brought.
 */
export async function compare(
  git: GitCommand,
  dir: string,
  from: string,
  to: string,
): Promise<Comparison> {
  const counts = await git.text(dir, ["rev-list", "--left-right", "--count", `${from}...${to}`]);
  const [ahead = 0, behind = 0] = counts.trim().split("\t").map(Number);
  const before = await readTree(git, dir, from);
  const after = await readTree(git, dir, to);
  const changedFiles = changedPaths(before, after);
  const hasSubmodule = (path: string) =>
    isSubmodule(before.get(path)) || isSubmodule(after.get(path));
  return {
    behind,
    ahead,
    commits: await listCommits(git, dir, `${from}..${to}`),
    changedFiles,
    submodulesChanged: changedFiles.filter(hasSubmodule),
  };
}

async function listCommits(git: GitCommand, dir: string, range: string): Promise<Commit[]> {
  const format = "--format=%H%x1f%s%x1f%an%x1f%cI";
  const args = ["log", "-z", `-${NEWEST}`, "--no-show-signature", "--no-color", format, range];
  const records = (await git.text(dir, args)).split("\0").filter(Boolean);
  return records.map((record) => {
    const [sha = "", subject = "", author = "", date = ""] = record.split("\x1f");
    return { sha, subject, author, date: new Date(date).toISOString() };
  });
}

/** A unified diff of the paths; empty where they are the same. */
export function diffPaths(
  git: GitCommand,
  dir: string,
  { from, to, paths }: { from: string; to: string; paths: string[] },
): Promise<string> {
  if (paths.length === 0) return Promise.resolve("");
  const flags = ["--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];
  return git.text(dir, ["diff", ...flags, from, to, "--", ...paths]);
}
