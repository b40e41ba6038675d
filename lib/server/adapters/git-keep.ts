import { join } from "node:path";
import { AppError } from "../errors";
import type { GitCommand } from "./git-command";
import { filterFiles } from "./git-files";
import { putEntries, withIndex } from "./git-index";
import { checkOut } from "./git-populate";
import { commitTree, recordFiles, requireFiles } from "./git-record";
import { findRef, keptRef, replacedRef, setRef } from "./git-repository";
import { isPopulated, listSubmodules, type Submodule } from "./git-submodules";
import { isSubmodule, readTree, type Tree, type TreeEntry } from "./git-tree";
import { putWorkTree } from "./git-work-tree";

export type Keep = { branch: string; paths: string[]; message: string };

/**
 * Commits the edits of all tracked files and the named untracked ones to a new branch on top of
 * HEAD, shaped as `git stash` would where something is staged. Then the named paths become what
 * HEAD has. In a submodule it does the same, to a branch of the same name.
 */
export async function keepEdits(git: GitCommand, dir: string, keep: Keep): Promise<void> {
  await requireNewBranch(git, dir, keep.branch);
  requireFiles(dir, keep.paths);
  const submodules = await listSubmodules(git, dir, "HEAD");
  const { own, inside } = splitPaths(
    keep.paths,
    submodules.filter(({ path }) => isPopulated(dir, path)),
  );
  const kept: [string, TreeEntry][] = [];
  for (const [{ path }, paths] of inside) {
    await keepEdits(git, join(dir, path), { ...keep, paths });
    const sha = await findRef(git, join(dir, path), keptRef(keep.branch));
    if (sha) kept.push([path, { mode: "160000", sha }]);
  }
  const commit = await record(git, dir, { ...keep, paths: own }, kept);
  await setRef(git, dir, keptRef(keep.branch), commit);
  await git.text(dir, ["update-ref", `refs/heads/${keep.branch}`, commit, ""]);
  await takeAway(git, dir, own, commit);
}

async function requireNewBranch(git: GitCommand, dir: string, branch: string): Promise<void> {
  const valid = await git.find(dir, ["check-ref-format", "--branch", branch]);
  if (valid === null || branch.startsWith("-")) {
    throw new AppError("invalid", `"${branch}" is no name for a branch.`);
  }
  for (const ref of [`refs/heads/${branch}`, keptRef(branch)]) {
    if (!(await findRef(git, dir, ref))) continue;
    throw new AppError("conflict", `${dir} has a branch ${branch} already: choose another name.`);
  }
}

/** Paths of the checkout itself, and those that lie inside its submodules. */
export function splitPaths<T extends Pick<Submodule, "path">>(paths: string[], submodules: T[]) {
  const inside = new Map<T, string[]>();
  const own = paths.filter((path) => {
    const submodule = submodules.find((one) => path.startsWith(`${one.path}/`));
    if (!submodule) return true;
    const file = path.slice(submodule.path.length + 1);
    inside.set(submodule, [...(inside.get(submodule) ?? []), file]);
    return false;
  });
  return { own, inside };
}

async function record(
  git: GitCommand,
  dir: string,
  { branch, paths, message }: Keep,
  submodules: [string, TreeEntry][],
): Promise<string> {
  const head = (await git.text(dir, ["rev-parse", "HEAD"])).trimEnd();
  const { staged, tree } = await withIndex(git, dir, async (index) => {
    const staged = await index.writeTree();
    await index.text(["add", "--update"]);
    await recordFiles(git, dir, index, await filterFiles(dir, paths));
    await index.put(submodules);
    return { staged, tree: await index.writeTree() };
  });
  const headTree = (await git.text(dir, ["rev-parse", "HEAD^{tree}"])).trimEnd();
  const parents = [head];
  if (staged !== headTree) {
    const note = `What was staged for ${branch}`;
    parents.push(await commitTree(git, dir, { tree: staged, parents: [head], message: note }));
  }
  return commitTree(git, dir, { tree, parents, message });
}

async function takeAway(git: GitCommand, dir: string, paths: string[], kept: string) {
  await putWorkTree(git, dir, { wanted: "HEAD", known: [kept], paths });
  const head = await readTree(git, dir, "HEAD");
  await putEntries(
    git,
    dir,
    paths.map((path) => [path, head.get(path) ?? null]),
  );
  await moveSubmodulesBack(git, dir, paths, head);
}

async function moveSubmodulesBack(git: GitCommand, dir: string, paths: string[], head: Tree) {
  for (const path of paths) {
    const entry = head.get(path);
    if (!entry || !isSubmodule(entry) || !isPopulated(dir, path)) continue;
    const inside = join(dir, path);
    const current = await findRef(git, inside, "HEAD");
    if (!current || current === entry.sha) continue;
    await setRef(git, inside, replacedRef(current), current);
    await checkOut(git, inside, { sha: entry.sha, branch: null });
  }
}
