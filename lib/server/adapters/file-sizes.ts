import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";

const AT_ONCE = 64;

/** Bytes of those of the files that are there. */
export async function sizeOfFiles(dir: string, paths: readonly string[]): Promise<number> {
  let total = 0;
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    const part = paths.slice(start, start + AT_ONCE).map((path) => sizeOfFile(join(dir, path)));
    for (const size of await Promise.all(part)) total += size;
  }
  return total;
}

function sizeOfFile(path: string): Promise<number> {
  return lstat(path).then(
    (stats) => (stats.isFile() ? stats.size : 0),
    () => 0,
  );
}

/** Bytes of an installed package by its own RECORD, whose lines are "path,hash,size"; 0 where it has none. */
export async function recordedSize(metadataDir: string): Promise<number> {
  const record = await readFile(join(metadataDir, "RECORD"), "utf8").catch(() => "");
  return [...record.matchAll(/,(\d+)\r?$/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
}
