import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What this process holds open, by path where it has one. */
export function openFiles(): string[] {
  return descriptors((fd) => readlinkSync(`/proc/self/fd/${fd}`));
}

/** As the kernel counts them for this process. */
export function watchedFolders(): number {
  const infos = descriptors((fd) => readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"));
  return infos.reduce((sum, info) => sum + info.split("inotify wd:").length - 1, 0);
}

function descriptors(look: (fd: string) => string): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [look(fd)];
    } catch {
      // It was that of the folder that is listed here.
      return [];
    }
  });
}
