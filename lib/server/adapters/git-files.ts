import type { Stats } from "node:fs";
import { lstat, readdir, readFile, readlink, rmdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { faultCode } from "./file-faults";
import { ancestors } from "./git-tree";

/** What stands at a path of the checkout; null for nothing, and beyond a symbolic link. */
export async function entryAt(dir: string, path: string): Promise<Stats | null> {
  for (const parent of ancestors(path)) {
    if (!(await lstatOrNull(join(dir, parent)))?.isDirectory()) return null;
  }
  return lstatOrNull(join(dir, path));
}

export async function isFileAt(dir: string, path: string): Promise<boolean> {
  const entry = await entryAt(dir, path);
  return entry !== null && !entry.isDirectory();
}

export async function filterFiles(dir: string, paths: Iterable<string>): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) if (await isFileAt(dir, path)) files.push(path);
  return files;
}

async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(faultCode(error) ?? "")) return null;
    throw error;
  }
}

/**
 * What stands where files are to be written and is not known: a file at the path or at a folder
 * on the way to it, files in a folder at the path. A repository of its own ends in a slash.
 */
export async function findCollisions(
  dir: string,
  written: Iterable<string>,
  isKnown: (path: string) => boolean,
): Promise<string[]> {
  const found = new Set<string>();
  const folders = new Set<string>();
  for (const path of written) {
    for (const parent of ancestors(path)) {
      if (folders.has(parent)) continue;
      folders.add(parent);
      if ((await isFileAt(dir, parent)) && !isKnown(parent)) found.add(parent);
    }
    const entry = await entryAt(dir, path);
    const blocking = entry?.isDirectory() ? await listFiles(dir, path) : entry ? [path] : [];
    for (const file of blocking) if (!isKnown(file)) found.add(file);
  }
  return [...found].sort();
}

async function listFiles(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dir, folder), { withFileTypes: true });
  if (entries.some((entry) => entry.name === ".git")) return [`${folder}/`];
  const lists = entries.map((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(dir, path) : [path];
  });
  return (await Promise.all(lists)).flat();
}

/** And the folders that become empty by it. */
export async function removeFiles(dir: string, paths: Iterable<string>): Promise<void> {
  for (const path of paths) {
    if (await isFileAt(dir, path)) await unlink(join(dir, path));
    await removeEmptyFolders(dir, dirname(path));
  }
}

export async function removeEmptyFolders(dir: string, folder: string): Promise<void> {
  if (folder === "." || !(await entryAt(dir, folder))?.isDirectory()) return;
  try {
    await rmdir(join(dir, folder));
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST", "EBUSY"].includes(faultCode(error) ?? "")) return;
    throw error;
  }
  await removeEmptyFolders(dir, dirname(folder));
}

/** The same kind of file with the same bytes. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([lstatOrNull(one), lstatOrNull(other)]);
  if (!a || !b || a.isSymbolicLink() !== b.isSymbolicLink()) return false;
  if (a.isSymbolicLink()) return (await readlink(one)) === (await readlink(other));
  if ((a.mode & 0o100) !== (b.mode & 0o100) || a.size !== b.size) return false;
  return (await readFile(one)).equals(await readFile(other));
}
