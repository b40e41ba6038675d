import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { AppError } from "../errors";
import type { GitCommand } from "./git-command";
import { parseConfig } from "./git-repository";
import { isSubmodule, readTree, type Tree } from "./git-tree";

/** A submodule as a commit has it. */
export type Submodule = { path: string; name: string; sha: string; url: string };

/** Those that `.gitmodules` of the commit names; an entry that it does not name cannot be fetched. */
export async function listSubmodules(
  git: GitCommand,
  dir: string,
  commit: string,
  tree?: Tree,
): Promise<Submodule[]> {
  const entries = [...(tree ?? (await readTree(git, dir, commit)))];
  const links = entries.filter(([, entry]) => isSubmodule(entry));
  if (links.length === 0) return [];
  const listing = await git.find(dir, [
    "config",
    "--blob",
    `${commit}:.gitmodules`,
    "--list",
    "-z",
  ]);
  const config = parseConfig(listing ?? "");
  const named = [...config].flatMap(([key, path]) => {
    const name = /^submodule\.(.+)\.path$/.exec(key)?.[1];
    return name === undefined ? [] : [[path, name] as const];
  });
  const names = new Map(named);
  return links.flatMap(([path, { sha }]) => {
    const name = names.get(path);
    const url = config.get(`submodule.${name}.url`);
    if (name === undefined || url === undefined || !isSafe(name) || url.startsWith("-")) return [];
    return [{ path, name, sha, url }];
  });
}

/** Its name becomes a folder below the git dir. */
function isSafe(name: string): boolean {
  return !name.split(/[\\/]/).some((part) => part === ".." || part === "");
}

/** Whether its files are checked out. */
export function isPopulated(dir: string, path: string): boolean {
  return existsSync(join(dir, path, ".git"));
}

/** Where the repository of a submodule lies, or would lie. */
export async function moduleDir(git: GitCommand, dir: string, name: string): Promise<string> {
  const args = ["rev-parse", "--path-format=absolute", "--git-path", `modules/${name}`];
  return (await git.text(dir, args)).trimEnd();
}

/** Where git can be asked about the submodule; null where it has never been fetched. */
export async function findModule(
  git: GitCommand,
  dir: string,
  { path, name }: Pick<Submodule, "path" | "name">,
): Promise<string | null> {
  if (isPopulated(dir, path)) return join(dir, path);
  const module = await moduleDir(git, dir, name);
  if (!existsSync(join(module, "HEAD"))) return null;
  await forgetWorkTree(git, module);
  return module;
}

/** Where the folder that `core.worktree` names is gone, git would not even start. */
export async function forgetWorkTree(git: GitCommand, module: string): Promise<void> {
  const args = ["config", "--file", join(module, "config"), "--unset", "core.worktree"];
  await git.ask(module, args, { env: { GIT_WORK_TREE: module } });
}

export async function createModule(
  git: GitCommand,
  dir: string,
  submodule: Submodule,
): Promise<string> {
  const found = await findModule(git, dir, submodule);
  if (found) return found;
  const module = await moduleDir(git, dir, submodule.name);
  await mkdir(module, { recursive: true });
  await git.text(module, ["init", "--quiet", "--bare", "."]);
  return module;
}

/** Its address; one that begins with a dot is relative to that of the repository it is part of. */
export async function submoduleUrl(
  git: GitCommand,
  dir: string,
  { name, url }: Submodule,
): Promise<string> {
  const configured = await git.find(dir, ["config", "--get", `submodule.${name}.url`]);
  if (configured) return configured;
  if (!/^\.\.?\//.test(url)) return url;
  const base = await baseUrl(git, dir);
  if (base === null) {
    throw new AppError("conflict", `${dir} has no remote that its submodule ${name} belongs to.`);
  }
  return resolveUrl(base, url);
}

async function baseUrl(git: GitCommand, dir: string): Promise<string | null> {
  const remotes = (await git.text(dir, ["remote"])).split("\n").filter(Boolean);
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  return remote === undefined ? null : git.find(dir, ["remote", "get-url", remote]);
}

/** "https://host/a/b" and "../c" → "https://host/a/c"; "host:a/b" too. */
export function resolveUrl(base: string, relative: string): string {
  const [, root = "", path = ""] =
    /^([a-z+]+:\/\/[^/]*|[^/:]+:(?!\/\/))?(.*)$/.exec(base.replace(/\/+$/, "")) ?? [];
  return root + posix.join(path, relative);
}
