import { join } from "node:path";
import type { GitCommand } from "./git-command";
import { isWanted } from "./git-fetch";
import { findCollisions } from "./git-files";
import { findCommit, findRef } from "./git-repository";
import { type Edit, listEdits, readStatus } from "./git-status";
import { findModule, isPopulated, listSubmodules, type Submodule } from "./git-submodules";
import { ancestors, changedPaths, isSubmodule, readTree, sameEntry, type Tree } from "./git-tree";

/**
 * What going to `sha` would overwrite: edits of tracked files, and untracked files, ignored ones
 * too, where the target has one. Only the paths of the target are looked at on disk.
 */
export async function listOverwritten(
  git: GitCommand,
  dir: string,
  sha: string,
): Promise<string[]> {
  const [head, target] = await Promise.all([readTree(git, dir, "HEAD"), readTree(git, dir, sha)]);
  const { edits } = await readStatus(git, dir);
  const before = await listSubmodules(git, dir, "HEAD", head);
  const after = await listSubmodules(git, dir, sha, target);
  const paths = [
    ...(await overwrittenFiles(git, dir, { head, target, edits, before, after })),
    ...(await overwrittenInSubmodules(git, dir, { before, after })),
  ];
  return [...new Set(paths)].sort();
}

type Move = {
  head: Tree;
  target: Tree;
  edits: Edit[];
  before: Submodule[];
  after: Submodule[];
};

async function overwrittenFiles(git: GitCommand, dir: string, move: Move): Promise<string[]> {
  const { head, target, edits, before, after } = move;
  const changed = new Set(changedPaths(head, target));
  const added = [...changed].filter((path) => target.has(path) && !head.has(path));
  const inTheWay = edits.filter(blocks(changed, added));
  const lost: string[] = [];
  for (const edit of inTheWay) {
    if (!(await isThereAlready(git, dir, edit, target))) lost.push(edit.path);
  }
  const known = new Set([...head.keys(), ...edits.map(({ path }) => path)]);
  for (const path of await filesOf(git, dir, before.filter(isGone(after)))) known.add(path);
  const coming = await filesOf(git, dir, after.filter(isNew(dir, before)));
  const replaced = inTheWay.map(({ path }) => path).filter((path) => target.has(path));
  const files = [...added, ...replaced].filter((path) => !isSubmodule(target.get(path)));
  return [
    ...lost,
    ...(await findCollisions(dir, [...files, ...coming], (path) => known.has(path))),
  ];
}

/** An edit of a path that changes, or one that stands at or below the place of a new file. */
function blocks(changed: Set<string>, added: string[]): (edit: Edit) => boolean {
  const files = new Set(added);
  const folders = new Set(added.flatMap(ancestors));
  return ({ path }) =>
    changed.has(path) || folders.has(path) || ancestors(path).some((parent) => files.has(parent));
}

/** The user has the very change of the target already. */
async function isThereAlready(git: GitCommand, dir: string, edit: Edit, target: Tree) {
  const wanted = target.get(edit.path);
  if (edit.submodule?.isMoved) return (await headOf(git, dir, edit.path)) === wanted?.sha;
  if (edit.submodule) return !edit.isStaged || sameEntry(edit.index, wanted);
  return edit.isStaged && !edit.isUnstaged && !edit.isConflict && sameEntry(edit.index, wanted);
}

const headOf = (git: GitCommand, dir: string, path: string) =>
  findRef(git, join(dir, path), "HEAD");

export function isGone(after: Submodule[]): (submodule: Submodule) => boolean {
  return ({ path, name }) => !after.some((one) => one.path === path && one.name === name);
}

function isNew(dir: string, before: Submodule[]): (submodule: Submodule) => boolean {
  return (submodule) => isWanted(dir, submodule, before) && !isPopulated(dir, submodule.path);
}

/** The files of submodules as far as their commits are here. */
async function filesOf(git: GitCommand, dir: string, submodules: Submodule[]): Promise<string[]> {
  const files: string[] = [];
  for (const { path, name, sha } of submodules) {
    const module = await findModule(git, dir, { path, name });
    if (!module) continue;
    const commits = [sha, "HEAD"].map((commit) => findCommit(git, module, commit));
    for (const commit of await Promise.all(commits)) {
      const tree = commit ? await readTree(git, module, commit) : new Map();
      files.push(...[...tree.keys()].map((file) => `${path}/${file}`));
    }
  }
  return files;
}

async function overwrittenInSubmodules(
  git: GitCommand,
  dir: string,
  { before, after }: Pick<Move, "before" | "after">,
): Promise<string[]> {
  const lists: string[][] = [];
  for (const { path, sha } of before.filter((one) => isPopulated(dir, one.path))) {
    const inside = join(dir, path);
    const next = after.find((one) => one.path === path);
    if (next?.sha === sha) continue;
    const paths = next
      ? await listOverwritten(git, inside, next.sha)
      : await listEdits(git, inside, (await readStatus(git, inside)).edits);
    lists.push(paths.map((file) => `${path}/${file}`));
  }
  return lists.flat();
}
