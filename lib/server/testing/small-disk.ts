import { execFileSync } from "node:child_process";
import { cpSync, rmSync, statfsSync } from "node:fs";

export type SmallDisk = ReturnType<typeof mountSmallDisk>;

const SIZE = 600 * 1024 * 1024;

/** Puts a folder, with what is in it, on a disk of its own that can be filled up at any moment. */
export function mountSmallDisk(dir: string) {
  const aside = `${dir}-aside`;
  cpSync(dir, aside, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  mount("-t", "tmpfs", "-o", `size=${SIZE}`, "none", dir);
  cpSync(aside, dir, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  rmSync(aside, { recursive: true });

  return {
    /** From now on there is room for so many bytes more. */
    fill(spare = 0): void {
      const { blocks, bfree, bsize } = statfsSync(dir);
      mount("-o", `remount,size=${(blocks - bfree) * bsize + spare}`, dir);
    },
    free: () => mount("-o", `remount,size=${SIZE}`, dir),
    unmount: () => execFileSync("umount", ["--lazy", dir]),
  };
}

/** Makes a file or folder a mount of its own, which nothing can take the place of; answers how to undo it. */
export function mountAlone(path: string): () => void {
  mount("--bind", path, path);
  return () => execFileSync("umount", [path]);
}

/** Makes a file or folder read-only, for root too; answers how to undo it. */
export function mountReadOnly(path: string): () => void {
  const undo = mountAlone(path);
  mount("-o", "remount,bind,ro", path);
  return undo;
}

function mount(...args: string[]): void {
  execFileSync("mount", args, { stdio: "pipe" });
}
