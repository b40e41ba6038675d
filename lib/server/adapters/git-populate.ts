import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { AppError } from "../errors";
import type { GitCommand } from "./git-command";
import { entryAt, removeEmptyFolders } from "./git-files";
import { APPLIED, deleteRef, findRef, gitDirOf, LEFT, setRef } from "./git-repository";
import {
  findModule,
  forgetWorkTree,
  isPopulated,
  listSubmodules,
  moduleDir,
  type Submodule,
  submoduleUrl,
} from "./git-submodules";
import { readTree } from "./git-tree";
import { putWorkTree } from "./git-work-tree";

/** Puts the files of a fetched submodule, and of those inside it, where they belong. */
export async function populate(git: GitCommand, dir: string, submodule: Submodule): Promise<void> {
  const module = await findModule(git, dir, submodule);
  if (!module) {
    throw new AppError(
      "conflict",
      `The submodule ${submodule.path} of ${dir} was not fetched: try again with the network up.`,
    );
  }
  await setRef(git, module, APPLIED, submodule.sha);
  await deleteRef(git, module, LEFT);
  // Without an index git checks out all files, and not only those that changed.
  await rm(join(module, "index"), { force: true });
  await linkModule(git, dir, submodule);
  const inside = join(dir, submodule.path);
  await checkOut(git, inside, { sha: submodule.sha, branch: null });
  await rememberUrl(git, dir, submodule);
  for (const nested of await listSubmodules(git, inside, submodule.sha)) {
    await populate(git, inside, nested);
  }
}

/** Never over anything that git does not know. */
export async function checkOut(
  git: GitCommand,
  dir: string,
  { sha, branch }: { sha: string; branch: string | null },
): Promise<void> {
  const to = branch === null ? ["--detach", sha] : ["--no-track", "-B", branch, sha];
  await git.text(dir, ["checkout", "--progress", "--no-overwrite-ignore", ...to], { quiet: false });
}

/** Makes its folder a checkout of the repository that lies in the git dir. */
export async function linkModule(
  git: GitCommand,
  dir: string,
  { path, name }: Pick<Submodule, "path" | "name">,
): Promise<void> {
  const module = await moduleDir(git, dir, name);
  const inside = join(dir, path);
  await mkdir(inside, { recursive: true });
  if (!(await entryAt(dir, path))?.isDirectory()) {
    throw new AppError("conflict", `${inside} lies behind a symbolic link: remove the link first.`);
  }
  const config = ["config", "--file", join(module, "config")];
  await git.text(dir, [...config, "core.bare", "false"]);
  await git.text(dir, [...config, "core.worktree", relative(module, inside)]);
  await writeFile(join(inside, ".git"), `gitdir: ${relative(inside, module)}\n`);
}

async function rememberUrl(git: GitCommand, dir: string, submodule: Submodule): Promise<void> {
  const key = `submodule.${submodule.name}`;
  const url = await submoduleUrl(git, dir, submodule);
  await git.text(dir, ["config", `${key}.url`, url]);
  await git.text(dir, ["config", `${key}.active`, "true"]);
}

/**
 * Takes the files of a submodule away, whatever state they are in; its repository and files that
 * it does not know stay. One whose repository lies in the work tree is left alone, as git does.
 */
export async function depopulate(
  git: GitCommand,
  dir: string,
  { path }: Pick<Submodule, "path">,
): Promise<void> {
  const inside = join(dir, path);
  if (!isPopulated(dir, path) || (await lstat(join(inside, ".git"))).isDirectory()) return;
  const empty = (await git.text(inside, ["mktree"])).trimEnd();
  await setRef(git, inside, LEFT, empty);
  const known = [];
  const paths = new Set<string>();
  for (const ref of ["HEAD", APPLIED]) {
    const commit = await findRef(git, inside, ref);
    if (!commit) continue;
    known.push(commit);
    await depopulateAll(git, inside, commit);
    for (const file of (await readTree(git, inside, commit)).keys()) paths.add(file);
  }
  await putWorkTree(git, inside, { wanted: empty, known, paths: [...paths] });
  await unlinkModule(git, dir, { path });
}

async function depopulateAll(git: GitCommand, dir: string, commit: string): Promise<void> {
  for (const nested of await listSubmodules(git, dir, commit)) await depopulate(git, dir, nested);
}

async function unlinkModule(
  git: GitCommand,
  dir: string,
  { path }: Pick<Submodule, "path">,
): Promise<void> {
  const inside = join(dir, path);
  const module = await gitDirOf(git, inside);
  await rm(join(module, "index"), { force: true });
  await rm(join(inside, ".git"));
  await removeEmptyFolders(dir, path);
  await forgetWorkTree(git, module);
}
