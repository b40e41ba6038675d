import { join } from "node:path";
import type { GitCommand } from "./git-command";
import { withIndex } from "./git-index";
import { commitTree } from "./git-record";
import { APPLIED, deleteRef, LEFT, readConfig, setRef, snapshotRef } from "./git-repository";
import { readStatus } from "./git-status";
import { isPopulated, listSubmodules } from "./git-submodules";

export type GitSnapshot = {
  head: string;
  branch: string | null;
  /** `merge` is a full ref: "refs/heads/master". */
  upstream: { remote: string; merge: string } | null;
  indexTree: string;
  /** All local branches and where they are. */
  branches: Record<string, string>;
  /** Those that are checked out. */
  submodules: SubmoduleSnapshot[];
};

export type SubmoduleSnapshot = GitSnapshot & { path: string; name: string };

/** The same state gives the same commit. */
const TIMELESS = { GIT_AUTHOR_DATE: "@0 +0000", GIT_COMMITTER_DATE: "@0 +0000" };

/** What `restore` goes back to; a ref keeps its objects. Throws `conflict` in an unfinished merge. */
export async function takeSnapshot(git: GitCommand, dir: string): Promise<GitSnapshot> {
  const { head, branch } = await readStatus(git, dir);
  const indexTree = await withIndex(git, dir, (index) => index.writeTree());
  const message = "The index before an update";
  const commit = await commitTree(
    git,
    dir,
    { tree: indexTree, parents: [head], message },
    TIMELESS,
  );
  await setRef(git, dir, snapshotRef(commit), commit);
  for (const ref of [APPLIED, LEFT]) await deleteRef(git, dir, ref);
  const submodules: SubmoduleSnapshot[] = [];
  for (const { path, name } of await listSubmodules(git, dir, head)) {
    if (!isPopulated(dir, path)) continue;
    submodules.push({ path, name, ...(await takeSnapshot(git, join(dir, path))) });
  }
  const branches = await listBranches(git, dir);
  const upstream = await findUpstream(git, dir, branch);
  return { head, branch, upstream, indexTree, branches, submodules };
}

export async function listBranches(git: GitCommand, dir: string): Promise<Record<string, string>> {
  const format = "--format=%(objectname) %(refname:lstrip=2)";
  const listing = await git.text(dir, ["for-each-ref", format, "refs/heads"]);
  const lines = listing.split("\n").filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]),
  );
}

export async function findUpstream(
  git: GitCommand,
  dir: string,
  branch: string | null,
): Promise<GitSnapshot["upstream"]> {
  const config = await readConfig(git, dir);
  const remote = config.get(`branch.${branch}.remote`);
  const merge = config.get(`branch.${branch}.merge`);
  return remote && merge ? { remote, merge } : null;
}
