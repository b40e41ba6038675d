import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors";
import type { GitCommand } from "./git-command";
import { entryAt, isSameFile } from "./git-files";
import { type ScratchIndex, withIndex } from "./git-index";
import { setAsideRef, setRef } from "./git-repository";
import type { TreeEntry } from "./git-tree";

/**
 * Takes files from disk into the index and makes sure that the same bytes come out again; where
 * line endings or filters would change them, they go in as they are.
 */
export async function recordFiles(
  git: GitCommand,
  dir: string,
  index: ScratchIndex,
  paths: string[],
): Promise<void> {
  requireFiles(dir, paths);
  await index.add(paths);
  const changed = await listChanged(dir, index, paths);
  if (changed.length === 0) return;
  await recordRaw(git, dir, index, changed);
  const [lost] = await listChanged(dir, index, changed);
  if (lost === undefined) return;
  throw new AppError(
    "conflict",
    `${join(dir, lost)} cannot be kept without a change: move it away first.`,
  );
}

/** A repository cannot be kept in another one. */
export function requireFiles(dir: string, paths: string[]): void {
  const repository = paths.find((path) => path.endsWith("/"));
  if (repository === undefined) return;
  const sentence = `${join(dir, repository)} is a git repository of its own: move it away first.`;
  throw new AppError("conflict", sentence);
}

async function listChanged(dir: string, index: ScratchIndex, paths: string[]): Promise<string[]> {
  const copies = `${index.path}-files`;
  const changed: string[] = [];
  try {
    await mkdir(copies);
    await index.checkOut(paths, `${copies}/`);
    for (const path of paths) {
      if (!(await isSameFile(join(dir, path), join(copies, path)))) changed.push(path);
    }
  } finally {
    await rm(copies, { recursive: true, force: true });
  }
  return changed;
}

async function recordRaw(git: GitCommand, dir: string, index: ScratchIndex, paths: string[]) {
  const input = paths.map((path) => `${quote(path)}\n`).join("");
  const args = ["hash-object", "-w", "--no-filters", "--stdin-paths"];
  const shas = (await git.text(dir, args, { input })).split("\n");
  const entries: [string, TreeEntry][] = [];
  for (const [at, path] of paths.entries()) {
    const isExecutable = ((await entryAt(dir, path))?.mode ?? 0) & 0o100;
    entries.push([path, { mode: isExecutable ? "100755" : "100644", sha: shas[at] ?? "" }]);
  }
  await index.put(entries);
}

/** As git reads paths that stand in lines. */
function quote(path: string): string {
  return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

export async function commitTree(
  git: GitCommand,
  dir: string,
  { tree, parents, message }: { tree: string; parents: string[]; message: string },
  env: Record<string, string> = {},
): Promise<string> {
  const parentArgs = parents.flatMap((parent) => ["-p", parent]);
  const args = ["commit-tree", "--no-gpg-sign", ...parentArgs, "-F", "-", tree];
  return (await git.text(dir, args, { input: message, env })).trimEnd();
}

/** Keeps files that nobody knows, and that have to go, in a commit below `refs/controlpilot`. */
export async function setAside(git: GitCommand, dir: string, paths: string[]): Promise<void> {
  if (paths.length === 0) return;
  const tree = await withIndex(git, dir, async (index) => {
    await index.text(["read-tree", "--empty"]);
    await recordFiles(git, dir, index, paths);
    return index.writeTree();
  });
  const message = "Files that stood in the way of restoring";
  const commit = await commitTree(git, dir, { tree, parents: [], message });
  await setRef(git, dir, setAsideRef(commit), commit);
}
