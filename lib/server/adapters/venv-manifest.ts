import type { BigIntStats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { faultCode } from "./file-faults";

/** A file or link as it lies there: "file 420 1234 1700000000123456789". Two that say the same are the same. */
export type FileFacts = string;

const AT_ONCE = 64;

/** All files and links below the folders, by path in `root`. */
export async function readTrees(
  root: string,
  dirs: readonly string[],
): Promise<Map<string, FileFacts>> {
  const paths = (await Promise.all(dirs.map((dir) => listFiles(root, dir)))).flat();
  return readFacts(root, paths);
}

/** What is there of the paths; those where no file or link is are left out. */
export async function readFacts(
  root: string,
  paths: readonly string[],
): Promise<Map<string, FileFacts>> {
  const found = new Map<string, FileFacts>();
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    const part = paths.slice(start, start + AT_ONCE);
    const facts = await Promise.all(part.map((path) => readFact(join(root, path))));
    part.forEach((path, index) => {
      const fact = facts[index];
      if (fact) found.set(path, fact);
    });
  }
  return found;
}

/** Paths in `root` of all files and links below the folder; none where there is no such folder. */
export async function listFiles(root: string, dir: string): Promise<string[]> {
  const entries = await readdir(join(root, dir), { withFileTypes: true }).catch(noneIfMissing);
  const lists = entries.map((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? listFiles(root, path) : [path];
  });
  return (await Promise.all(lists)).flat();
}

/** Names in the folder; none where there is no such folder. */
export function listNames(dir: string): Promise<string[]> {
  return readdir(dir).catch(noneIfMissing);
}

async function readFact(path: string): Promise<FileFacts | null> {
  const stats = await lstat(path, { bigint: true }).catch(nullIfMissing);
  if (stats === null || stats.isDirectory()) return null;
  return stats.isSymbolicLink() ? `link ${await readlink(path)}` : factsOf(stats);
}

function factsOf({ mode, size, mtimeNs }: BigIntStats): FileFacts {
  return `file ${mode & 0o7777n} ${size} ${mtimeNs}`;
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

function noneIfMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}

function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(faultCode(error) ?? "");
}
