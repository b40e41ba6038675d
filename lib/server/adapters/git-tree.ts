import { type GitCommand, nulSeparated } from "./git-command";

export type TreeEntry = { mode: string; sha: string };

/** All files of a commit, submodules as one entry each. */
export type Tree = ReadonlyMap<string, TreeEntry>;

const SUBMODULE = "160000";

export async function readTree(git: GitCommand, dir: string, treeish: string): Promise<Tree> {
  const listing = await git.text(dir, ["ls-tree", "-r", "-z", "--full-tree", treeish]);
  return new Map(nulSeparated(listing).map(parseEntry));
}

/** "100644 blob 76a7fe9…\tpath" */
function parseEntry(line: string): [string, TreeEntry] {
  const tab = line.indexOf("\t");
  const [mode = "", , sha = ""] = line.slice(0, tab).split(" ");
  return [line.slice(tab + 1), { mode, sha }];
}

export function isSubmodule(entry: TreeEntry | undefined): boolean {
  return entry?.mode === SUBMODULE;
}

export function sameEntry(one: TreeEntry | undefined, other: TreeEntry | undefined): boolean {
  return one?.mode === other?.mode && one?.sha === other?.sha;
}

/** Paths that are not the same in both. */
export function changedPaths(from: Tree, to: Tree): string[] {
  const paths = new Set([...from.keys(), ...to.keys()]);
  return [...paths].filter((path) => !sameEntry(from.get(path), to.get(path))).sort();
}

/** "a/b/c" → "a", "a/b" */
export function ancestors(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
