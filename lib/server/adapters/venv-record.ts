import { readFile, realpath } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { InstalledPackage } from "./venv";
import { listFiles } from "./venv-manifest";

/**
 * Paths in `root` (the environment, as a real path) of the files that an installed package says are
 * its own, and of its metadata. What lies outside the environment is left out: pip leaves it alone.
 */
export async function recordedFiles(root: string, found: InstalledPackage): Promise<string[]> {
  if (found.metadataDir.endsWith(".egg-link")) return [];
  const metadataDir = await realpath(found.metadataDir);
  const site = dirname(metadataDir);
  const [record, legacy, metadata] = await Promise.all([
    readText(join(metadataDir, "RECORD")),
    readText(join(metadataDir, "installed-files.txt")),
    listFiles(root, relative(root, metadataDir)),
  ]);
  const paths = [
    ...readRecord(record).map((path) => join(site, path)),
    ...legacy
      .split("\n")
      .filter(Boolean)
      .map((path) => join(metadataDir, path)),
  ];
  const own = paths.map((path) => relative(root, path)).filter(isInside);
  return [...new Set([...own, ...metadata])].filter(isInside);
}

/** The first field of each line of a CSV file; quoted where it has a comma. */
function readRecord(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => /^(?:"((?:[^"]|"")*)"|([^,]*))/.exec(line))
    .map((match) => match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? "")
    .filter((path) => path !== "" && !path.startsWith("/"));
}

export function isInside(path: string): boolean {
  return path !== "" && path !== ".." && !path.startsWith("../") && !path.startsWith("/");
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
