import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { GitCommand } from "./git-command";
import { removeHalfPacks } from "./git-leftovers";
import { gitDirOf } from "./git-repository";

/**
 * Removes what a killed git left locked since then, in submodules too, and half-made files of its
 * own and of ControlPilot's. Only for when nobody else works on the checkout.
 */
export async function removeStaleLocks(git: GitCommand, dir: string, since: Date): Promise<void> {
  const common = await git.text(dir, ["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  for (const root of new Set([await gitDirOf(git, dir), common.trimEnd()])) {
    for await (const folder of walkGitDir(root)) {
      if (folder.endsWith("/objects/pack")) await removeHalfPacks(folder, since);
      else await removeFrom(folder, since);
    }
  }
}

/** Its folders that may hold what a killed git leaves: neither objects, nor what lies staged. */
async function* walkGitDir(folder: string): AsyncGenerator<string> {
  yield folder;
  const entries = await readdir(folder, { withFileTypes: true });
  const isGitDir = entries.some(({ name }) => name === "HEAD");
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    if (isGitDir && entry.name === "objects") yield join(path, "pack");
    else if (isGitDir && entry.name === "controlpilot") yield path;
    else yield* walkGitDir(path);
  }
}

async function removeFrom(folder: string, since: Date): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => isLeftover(folder, one))) {
    const path = join(folder, name);
    if ((await stat(path)).mtime >= since) await rm(path, { recursive: true, force: true });
  }
}

function isLeftover(folder: string, name: string): boolean {
  const isOwn = folder.endsWith("/controlpilot");
  return name.endsWith(".lock") || (isOwn && /^index-|^search-/.test(name));
}
