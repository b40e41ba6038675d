import { AppError } from "../errors";
import { explain, type GitCommand } from "./git-command";
import type { Checkout } from "./git-inspect";
import { packFolder, removeHalfPacks } from "./git-leftovers";
import { findRef, remoteRef, setRef, targetRef } from "./git-repository";
import {
  createModule,
  findModule,
  isPopulated,
  listSubmodules,
  type Submodule,
  submoduleUrl,
} from "./git-submodules";

const NO_SUCH_COMMIT = /not our ref|unadvertised object|couldn't find remote ref/;

/** A server that has nothing younger than the date it was given. */
const NOTHING_SINCE = /shallow/;

type Source = {
  dir: string;
  /** A name, or an address. */
  remote: string | null;
  shallow: boolean;
  /** The address stands in a commit: git then allows only protocols that are safe for that. */
  isFromCommit?: boolean;
};

/**
 * Brings a commit and the commits of its submodules, so that `apply` needs no network. Only
 * `refs/controlpilot` and the object store change. What is here already is not asked for.
 */
export async function fetchTarget(
  git: GitCommand,
  checkout: Checkout,
  { sha, branch }: { sha: string; branch: string | null },
): Promise<void> {
  const { dir, followed, shallow } = checkout;
  await fetchCommit(git, { dir, remote: followed?.remote ?? null, shallow }, sha);
  if (followed && branch !== null && branch === (followed.branch ?? branch)) {
    await setRef(git, dir, remoteRef(followed.remote, branch), sha);
  }
  await fetchSubmodules(git, { dir, current: checkout.head, sha, shallow });
}

/** One commit with everything it holds, but without its submodules. */
export async function fetchCommit(git: GitCommand, source: Source, sha: string): Promise<void> {
  if (!(await isComplete(git, source.dir, sha))) {
    await (source.shallow ? fetchShallow(git, source, sha) : fetchOnce(git, source, [sha]));
  }
  await setRef(git, source.dir, targetRef(sha), sha);
}

/** A fetch that was killed may have brought a commit without its files. */
async function isComplete(git: GitCommand, dir: string, sha: string): Promise<boolean> {
  if (await findRef(git, dir, targetRef(sha))) return true;
  const missing = ["rev-list", "--objects", "--quiet", sha, "--not", "--all"];
  return (await git.ask(dir, missing)).ok;
}

/**
 * Brings what is younger than the oldest commit here: the history stays connected and becomes no
 * longer than it must, even where it was rewritten. An older commit comes alone, and then what
 * lies between it and HEAD, if the remote has that.
 */
async function fetchShallow(git: GitCommand, source: Source, sha: string): Promise<void> {
  const { dir } = source;
  const oldest = await oldestDate(git, dir);
  if (oldest !== null && (await tryFetch(git, source, [sha], since(oldest)))) return;
  await fetchOnce(git, source, [sha], ["--depth=1"]);
  if (oldest === null) return;
  const [target = oldest] = await commitDates(git, dir, ["--no-walk", sha]);
  const head = await findRef(git, dir, "HEAD");
  if (target < oldest && head) await tryFetch(git, source, [sha, head], since(target));
}

const since = (seconds: number) => [`--shallow-since=${new Date(seconds * 1000).toISOString()}`];

async function oldestDate(git: GitCommand, dir: string): Promise<number | null> {
  if (!(await findRef(git, dir, "HEAD"))) return null;
  const dates = await commitDates(git, dir, ["HEAD"]);
  return dates.reduce((oldest, date) => Math.min(oldest, date), Number.MAX_SAFE_INTEGER);
}

async function commitDates(git: GitCommand, dir: string, args: string[]): Promise<number[]> {
  const listing = await git.text(dir, ["log", "--no-show-signature", "--format=%ct", ...args]);
  return listing.split("\n").filter(Boolean).map(Number);
}

/** False where the remote has no such stretch of history. */
async function tryFetch(git: GitCommand, source: Source, shas: string[], depth: string[]) {
  const { result, args } = await fetchInto(git, source, shas, depth);
  if (result.ok) return true;
  const isAnswer = NOTHING_SINCE.test(result.stderr) || NO_SUCH_COMMIT.test(result.stderr);
  if (isAnswer && !result.cancelled && !result.timedOut) return false;
  throw new AppError("unavailable", explain(source.dir, args, result));
}

async function fetchOnce(git: GitCommand, source: Source, shas: string[], depth: string[] = []) {
  const { result, args } = await fetchInto(git, source, shas, depth);
  if (result.ok) return;
  if (NO_SUCH_COMMIT.test(result.stderr)) {
    throw new AppError("not_found", `The remote of ${source.dir} has no commit ${shas.join()}.`);
  }
  throw new AppError("unavailable", explain(source.dir, args, result));
}

async function fetchInto(git: GitCommand, source: Source, shas: string[], depth: string[]) {
  const { dir, remote, isFromCommit } = source;
  if (remote === null) {
    throw new AppError("not_found", `${dir} has no commit ${shas.join()}, and no remote to ask.`);
  }
  const flags = ["--progress", "--no-tags", "--no-prune", "--no-write-fetch-head"];
  const refspecs = shas.map((sha) => `+${sha}:${targetRef(sha)}`);
  const args = ["fetch", ...flags, ...depth, "--", remote, ...refspecs];
  const env = isFromCommit ? { GIT_PROTOCOL_FROM_USER: "0" } : {};
  const packs = await packFolder(git, dir);
  const began = new Date();
  const result = await git.ask(dir, args, { quiet: false, env });
  if (!result.ok) await removeHalfPacks(packs, began);
  return { args, result };
}

type Move = { dir: string; current: string | null; sha: string; shallow: boolean };

async function fetchSubmodules(git: GitCommand, move: Move): Promise<void> {
  const submodules = await listSubmodules(git, move.dir, move.sha);
  const before = move.current ? await listSubmodules(git, move.dir, move.current) : [];
  for (const submodule of submodules) {
    if (!isWanted(move.dir, submodule, before)) continue;
    await fetchSubmodule(git, move, submodule);
  }
}

/** What the user left out stays out: only those in use and new ones. */
export function isWanted(dir: string, { path }: Submodule, before: Submodule[]): boolean {
  return isPopulated(dir, path) || !before.some((one) => one.path === path);
}

async function fetchSubmodule(git: GitCommand, { dir, shallow }: Move, submodule: Submodule) {
  const isNew = (await findModule(git, dir, submodule)) === null;
  const module = await createModule(git, dir, submodule);
  const isShallow = await git.find(module, ["rev-parse", "--is-shallow-repository"]);
  const source = {
    dir: module,
    remote: await submoduleUrl(git, dir, submodule),
    shallow: isNew ? shallow : isShallow === "true",
    isFromCommit: true,
  };
  await fetchCommit(git, source, submodule.sha);
  const current = isNew ? null : await findRef(git, module, "HEAD");
  await fetchSubmodules(git, { dir: module, current, sha: submodule.sha, shallow: source.shallow });
}
