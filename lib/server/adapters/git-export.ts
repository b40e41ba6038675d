import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { GitCommand } from "./git-command";
import { withIndex } from "./git-index";
import { findCommit, gitDirOf } from "./git-repository";
import { findModule, listSubmodules } from "./git-submodules";

/** Writes the files of a commit, as a checkout of it would have them, into a folder of its own. */
export async function exportTree(
  git: GitCommand,
  dir: string,
  sha: string,
  to: string,
): Promise<void> {
  await mkdir(to, { recursive: true });
  const gitDir = await gitDirOf(git, dir);
  await withIndex(git, dir, async (index) => {
    const env = { GIT_DIR: gitDir, GIT_WORK_TREE: to };
    await index.text(["read-tree", sha], { env });
    await index.text(["checkout-index", "--all", "--force", `--prefix=${to}/`], { env });
  });
  for (const submodule of await listSubmodules(git, dir, sha)) {
    const module = await findModule(git, dir, submodule);
    if (!module || !(await findCommit(git, module, submodule.sha))) continue;
    await exportTree(git, module, submodule.sha, join(to, submodule.path));
  }
}
