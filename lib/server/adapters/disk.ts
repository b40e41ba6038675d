import { readdir, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { faultCode } from "./file-faults";
import { sizeOfFiles } from "./file-sizes";

/** What may still be written where the path is, or would be; null where the system does not tell. */
export async function freeBytes(path: string): Promise<number | null> {
  const place = resolve(path);
  try {
    const { bavail, bsize } = await statfs(place);
    return bavail * bsize;
  } catch (error) {
    const isAbsent = ["ENOENT", "ENOTDIR"].includes(faultCode(error) ?? "");
    return isAbsent && place !== "/" ? freeBytes(dirname(place)) : null;
  }
}

/** Bytes of all files in the folder and below; 0 where there is none. */
export async function sizeOf(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  let total = await sizeOfFiles(dir, files);
  for (const entry of entries) {
    if (entry.isDirectory()) total += await sizeOf(join(dir, entry.name));
  }
  return total;
}
