import { readFile } from "node:fs/promises";

/** Whether something is mounted in just this place, as a file of the host over one of the image. */
export async function isMountPoint(path: string): Promise<boolean> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  return mounts.split("\n").some((line) => line.split(" ")[4] === path);
}
