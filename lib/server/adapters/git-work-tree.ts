import type { GitCommand } from "./git-command";
import { filterFiles, findCollisions, removeFiles } from "./git-files";
import { type ScratchIndex, withIndex } from "./git-index";
import { setAside } from "./git-record";
import { isSubmodule, readTree, type Tree, type TreeEntry } from "./git-tree";

type Change = {
  /** The tree whose files the paths become; a path that it has not goes. */
  wanted: string;
  /** Trees whose files may be replaced without keeping them. */
  known: string[];
  paths: string[];
};

/**
 * Makes files of the work tree what they are in a tree, whatever they are now. Only what differs
 * is written; a file that none of the known trees has as it is, is set aside before it goes.
 */
export async function putWorkTree(
  git: GitCommand,
  dir: string,
  { wanted, known, paths }: Change,
): Promise<void> {
  if (paths.length === 0) return;
  const tree = await readTree(git, dir, wanted);
  const files = paths.filter((path) => !isSubmodule(tree.get(path)));
  await withIndex(git, dir, async (index) => {
    await index.load(wanted);
    const differing = await index.listDiffering();
    const modes = await listOtherModes(git, dir, tree, known);
    const flipped = files.filter((path) => modes.has(path));
    const coming = files.filter((path) => differing.has(path) || modes.has(path));
    const going = await filterFiles(
      dir,
      files.filter((path) => !tree.has(path)),
    );
    const replaced = [...going, ...(await filterFiles(dir, coming))];
    const strangers = await findStrangers(git, dir, {
      index,
      known: [...known, wanted],
      replaced,
      coming,
    });
    await setAside(git, dir, strangers);
    await removeFiles(dir, [...going, ...strangers, ...flipped]);
    await index.load(wanted);
    await index.checkOut(coming);
  });
}

/** Files of another mode: under `core.fileMode=false` git sees no difference on disk. */
async function listOtherModes(git: GitCommand, dir: string, wanted: Tree, known: string[]) {
  const trees = await Promise.all(known.map((treeish) => readTree(git, dir, treeish)));
  const hasOtherMode = ([path, { mode }]: [string, TreeEntry]) =>
    trees.some((tree) => (tree.get(path)?.mode ?? mode) !== mode);
  return new Set([...wanted].filter(hasOtherMode).map(([path]) => path));
}

async function findStrangers(
  git: GitCommand,
  dir: string,
  change: { index: ScratchIndex; known: string[]; replaced: string[]; coming: string[] },
): Promise<string[]> {
  const { index, known, replaced, coming } = change;
  const unknown = new Set(replaced);
  const trees: Tree[] = [];
  for (const treeish of new Set(known)) {
    const tree = await readTree(git, dir, treeish);
    trees.push(tree);
    await index.load(treeish);
    const differing = await index.listDiffering();
    for (const path of unknown) if (tree.has(path) && !differing.has(path)) unknown.delete(path);
  }
  const isKnown = (path: string) => trees.some((tree) => tree.has(path));
  return [...unknown, ...(await findCollisions(dir, coming, (path) => isKnown(path)))];
}
