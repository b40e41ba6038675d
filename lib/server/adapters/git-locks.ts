import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { GitCommand } from "./git-command";
import { gitDirOf } from "./git-repository";

/**
 * Removes what a killed git left locked since then, in submodules too, and half-made files of
 * ControlPilot's own. Only for when nobody else works on the checkout.
 */
export async function removeStaleLocks(git: GitCommand, dir: string, since: Date): Promise<void> {
  const common = await git.text(dir, ["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  for (const root of new Set([await gitDirOf(git, dir), common.trimEnd()])) {
    for (const path of await listLeftovers(root)) {
      if ((await stat(path)).mtime >= since) await rm(path, { recursive: true, force: true });
    }
  }
}

async function listLeftovers(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const isGitDir = entries.some(({ name }) => name === "HEAD");
  const lists = entries.map((entry) => {
    const path = join(folder, entry.name);
    if (isLeftover(folder, entry.name)) return [path];
    // The only folder of a git dir with very many files, and none of them is a lock of ours.
    if (!entry.isDirectory() || (isGitDir && entry.name === "objects")) return [];
    return listLeftovers(path);
  });
  return (await Promise.all(lists)).flat();
}

function isLeftover(folder: string, name: string): boolean {
  return (
    name.endsWith(".lock") || (folder.endsWith("/controlpilot") && /^index-|^search-/.test(name))
  );
}
