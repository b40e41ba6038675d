import { rm } from "node:fs/promises";
import { AppError } from "../errors";
import type { GitCommand } from "./git-command";
import { fetchCommit } from "./git-fetch";
import { type Checkout, makeLabel } from "./git-inspect";
import { findCommit, makeStagingDir, remoteRef, setRef } from "./git-repository";

/** `branch`: what the checkout will be on; null when HEAD will be detached. */
export type Target = { sha: string; branch: string | null; label: string };

const FULL = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
const ABBREVIATED = /^[0-9a-f]{4,63}$/i;
/** What no name of a branch or tag may hold, by the rules of git. */
const IMPOSSIBLE = /^[-/.]|[/.]$|\.\.|\/\/|@\{|[\s~^:?*[\\\p{Cc}]/u;

/** The newest commit of the followed branch, by one question to the remote. */
export async function findNewest(
  git: GitCommand,
  { dir, followed }: Checkout,
): Promise<{ branch: string; sha: string }> {
  if (!followed) throw noRemote(dir);
  const ref = followed.branch === null ? "HEAD" : `refs/heads/${followed.branch}`;
  const { refs, head } = await askRemote(git, dir, followed.remote, [ref]);
  const sha = refs.get(ref);
  const branch = followed.branch ?? head;
  if (sha !== undefined && branch !== null) return { branch, sha };
  const missing =
    followed.branch === null ? "default branch" : `branch ${followed.branch} any more`;
  throw new AppError(
    "not_found",
    `${followed.remote} of ${dir} has no ${missing}: choose a branch, tag or commit as the target.`,
  );
}

async function askRemote(git: GitCommand, dir: string, remote: string, names: string[]) {
  const listing = await git.network(dir, ["ls-remote", "--symref", "--", remote, ...names]);
  const lines = listing.split("\n").filter(Boolean);
  const head = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(listing)?.[1] ?? null;
  const refs = lines.map((line) => line.split("\t")).map(([sha = "", ref = ""]) => [ref, sha]);
  return {
    refs: new Map(refs.filter(([, sha]) => FULL.test(sha ?? "")) as [string, string][]),
    head,
  };
}

/** What a person typed as an exact commit, which is here afterwards, without its submodules. */
export async function resolveTarget(
  git: GitCommand,
  checkout: Checkout,
  target: string,
): Promise<Target> {
  if (target === "" || IMPOSSIBLE.test(target)) throw notFound(checkout, target);
  const known = await findTyped(git, checkout, target);
  if (known === checkout.head)
    return { sha: known, branch: checkout.branch, label: checkout.label };
  if (known) return placeCommit(git, checkout, known);
  const found =
    (await findAtRemote(git, checkout, target)) ?? (await findHere(git, checkout, target));
  if (found) return found;
  const sha = ABBREVIATED.test(target) ? await searchHistory(git, checkout, target) : null;
  if (sha) return placeCommit(git, checkout, sha);
  throw notFound(checkout, target);
}

/** A full commit, be it here or not, or the one here that begins so. */
async function findTyped(git: GitCommand, { dir }: Checkout, target: string) {
  if (FULL.test(target)) return target.toLowerCase();
  return ABBREVIATED.test(target) ? expand(git, dir, target) : null;
}

async function findAtRemote(
  git: GitCommand,
  checkout: Checkout,
  name: string,
): Promise<Target | null> {
  const { dir, followed } = checkout;
  if (!followed) return null;
  const [branch, tag] = [`refs/heads/${name}`, `refs/tags/${name}`];
  // A tag with a message is an object of its own; "^{}" is the commit behind it.
  const { refs } = await askRemote(git, dir, followed.remote, [branch, tag, `${tag}^{}`]);
  const tip = refs.get(branch);
  const tagged = refs.get(`${tag}^{}`) ?? refs.get(tag);
  if (tip !== undefined) return placeBranch(git, checkout, name, tip);
  return tagged === undefined ? null : placeCommit(git, checkout, tagged, name);
}

/** A branch or tag that only this checkout has. */
async function findHere(git: GitCommand, checkout: Checkout, name: string): Promise<Target | null> {
  const branch = await findCommit(git, checkout.dir, `refs/heads/${name}`);
  if (branch) return { sha: branch, branch: name, label: makeLabel(name, branch) };
  const tag = await findCommit(git, checkout.dir, `refs/tags/${name}`);
  return tag === null ? null : placeCommit(git, checkout, tag, name);
}

async function placeBranch(
  git: GitCommand,
  checkout: Checkout,
  name: string,
  sha: string,
): Promise<Target> {
  await bring(git, checkout, sha);
  const { dir, followed } = checkout;
  if (followed) await setRef(git, dir, remoteRef(followed.remote, name), sha);
  const branch = name === followed?.branch ? (checkout.branch ?? name) : name;
  return { sha, branch, label: makeLabel(branch, sha) };
}

async function placeCommit(
  git: GitCommand,
  checkout: Checkout,
  sha: string,
  name = "detached",
): Promise<Target> {
  await bring(git, checkout, sha);
  if (!(await findCommit(git, checkout.dir, sha))) throw notFound(checkout, sha);
  const branch = await findBranchOf(git, checkout, sha);
  return { sha, branch, label: makeLabel(branch ?? name, sha) };
}

/** The branch that the checkout is on or follows, where the commit lies on it. */
async function findBranchOf(
  git: GitCommand,
  checkout: Checkout,
  sha: string,
): Promise<string | null> {
  const { dir, branch, followed, head } = checkout;
  if (branch && (await isAncestor(git, dir, sha, head))) return branch;
  if (!followed) return null;
  const { branch: name, remote } = followed;
  const own = branch ?? name;
  const seen = [`refs/remotes/${remote}/${name}`, remoteRef(remote, String(name))];
  for (const ref of own && name ? seen : []) {
    if (await isAncestor(git, dir, sha, ref)) return own;
  }
  const newest = await findNewest(git, checkout);
  await bring(git, checkout, newest.sha);
  return (await isAncestor(git, dir, sha, newest.sha)) ? (branch ?? newest.branch) : null;
}

async function isAncestor(git: GitCommand, dir: string, sha: string, of: string) {
  return (await git.ask(dir, ["merge-base", "--is-ancestor", sha, of])).ok;
}

function bring(git: GitCommand, { dir, followed, shallow }: Checkout, sha: string): Promise<void> {
  return fetchCommit(git, { dir, remote: followed?.remote ?? null, shallow }, sha);
}

/** The one commit here that begins so. */
async function expand(git: GitCommand, dir: string, prefix: string): Promise<string | null> {
  const listing = await git.text(dir, ["rev-parse", `--disambiguate=${prefix}`]);
  const types = await git.text(dir, ["cat-file", "--batch-check"], { input: listing });
  const commits = types.split("\n").flatMap((line) => /^(\w+) commit /.exec(line)?.[1] ?? []);
  if (commits.length < 2) return commits[0] ?? null;
  throw new AppError(
    "invalid",
    `${prefix} is the beginning of ${commits.length} commits: add more of it.`,
  );
}

/** Looks through all commits of the remote in a repository of its own, without their files. */
async function searchHistory(
  git: GitCommand,
  { dir, followed }: Checkout,
  prefix: string,
): Promise<string | null> {
  if (!followed) return null;
  const url = (await git.text(dir, ["remote", "get-url", followed.remote])).trimEnd();
  const search = await makeStagingDir(git, dir, `search-${process.pid}`);
  try {
    await git.text(search, ["init", "--quiet", "--bare", "."]);
    const refspecs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    const flags = ["--progress", "--filter=tree:0", "--no-write-fetch-head"];
    await git.network(search, ["fetch", ...flags, "--", url, ...refspecs], { quiet: false });
    return await expand(git, search, prefix);
  } finally {
    await rm(search, { recursive: true, force: true });
  }
}

function noRemote(dir: string): AppError {
  return new AppError("conflict", `${dir} has no remote: there is nothing to update it from.`);
}

function notFound({ dir }: Checkout, target: string): AppError {
  return new AppError("not_found", `There is no branch, tag or commit "${target}" for ${dir}.`);
}
