import { join } from "node:path";
import type { GitCommand } from "./git-command";
import { withIndex } from "./git-index";
import { splitPaths } from "./git-keep";
import { depopulate, linkModule } from "./git-populate";
import { APPLIED, deleteRef, findCommit, findRef, keptRef, LEFT } from "./git-repository";
import { restoreRefs } from "./git-restore-refs";
import type { GitSnapshot } from "./git-snapshot";
import { isPopulated, listSubmodules } from "./git-submodules";
import { changedPaths, readTree } from "./git-tree";
import { putWorkTree } from "./git-work-tree";

export type Kept = { branch: string; paths: string[] };

/**
 * Back to the snapshot from wherever `apply`, or an earlier call of this, ended. HEAD moves only
 * after the files, so that whoever comes next still knows what may have been written.
 */
export async function restoreSnapshot(
  git: GitCommand,
  dir: string,
  snapshot: GitSnapshot,
  kept: Kept | null,
): Promise<void> {
  const { own, inside } = splitPaths(kept?.paths ?? [], snapshot.submodules);
  const keptCommit = kept && (await findRef(git, dir, keptRef(kept.branch)));
  const passed = await listPassed(git, dir);
  await leaveSubmodules(git, dir, snapshot, passed);
  const wanted = await wantedTree(git, dir, snapshot, { own, commit: keptCommit });
  const before = await readTree(git, dir, snapshot.head);
  const paths = new Set(keptCommit ? own : []);
  for (const treeish of passed) {
    const tree = await readTree(git, dir, treeish);
    for (const path of changedPaths(before, tree)) paths.add(path);
  }
  const known = [snapshot.head, ...passed, ...(keptCommit ? [keptCommit] : [])];
  // What lies in a submodule that is still there is not this checkout's to change.
  const present = snapshot.submodules.filter(({ path }) => isPopulated(dir, path));
  await putWorkTree(git, dir, { wanted, known, paths: splitPaths([...paths], present).own });
  await git.text(dir, ["read-tree", "--reset", snapshot.indexTree]);
  await git.ask(dir, ["update-index", "-q", "--refresh"]);
  await restoreRefs(git, dir, snapshot);
  for (const submodule of snapshot.submodules) {
    const paths = inside.get(submodule) ?? [];
    if (!isPopulated(dir, submodule.path)) await linkModule(git, dir, submodule);
    await restoreSnapshot(git, join(dir, submodule.path), submodule, kept && { ...kept, paths });
  }
  for (const ref of [APPLIED, LEFT]) await deleteRef(git, dir, ref);
}

/** Where the checkout is, and where it may have been going when somebody ended that. */
async function listPassed(git: GitCommand, dir: string): Promise<string[]> {
  const found = await Promise.all(["HEAD", APPLIED, LEFT].map((ref) => findRef(git, dir, ref)));
  return [...new Set(found.flatMap((sha) => sha ?? []))];
}

/** Those that were not there have come since. */
async function leaveSubmodules(
  git: GitCommand,
  dir: string,
  { head }: GitSnapshot,
  passed: string[],
): Promise<void> {
  const before = await listSubmodules(git, dir, head);
  for (const treeish of passed) {
    if (!(await findCommit(git, dir, treeish))) continue;
    for (const { path, name } of await listSubmodules(git, dir, treeish)) {
      if (before.some((one) => one.path === path && one.name === name)) continue;
      await depopulate(git, dir, { path });
    }
  }
}

/** The index of then, with what was taken out of the way. */
function wantedTree(
  git: GitCommand,
  dir: string,
  { indexTree }: GitSnapshot,
  { own, commit }: { own: string[]; commit: string | null },
): Promise<string> {
  return withIndex(git, dir, async (index) => {
    await index.load(indexTree);
    if (commit) {
      const kept = await readTree(git, dir, commit);
      await index.put(own.map((path) => [path, kept.get(path) ?? null]));
    }
    return index.writeTree();
  });
}
