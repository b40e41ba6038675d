import type { GitCommand } from "./git-command";
import { day, findCommit, REFS } from "./git-repository";
import { findModule, listSubmodules } from "./git-submodules";

/** Full commits that somebody may still want to go to. */
export type Needed = { shas: readonly string[] };

/** For so long the user finds again what was moved or put aside. */
const KEEP_DAYS = 30;

const MANY_PACKS = 50;
const MANY_OBJECTS = 5000;
/** Packing says nothing for minutes. */
const PACKING_MS = 15 * 60_000;

/**
 * Forgets targets and snapshots that nobody needs, and what was put aside long ago, in submodules
 * too; packs what lies loose where there is much of it. Never in the middle of an update.
 */
export async function tidy(git: GitCommand, dir: string, { shas }: Needed): Promise<void> {
  const head = await findCommit(git, dir, "HEAD");
  const commits = await findCommits(git, dir, new Set(head ? [head, ...shas] : shas));
  await forgetRefs(git, dir, new Set(shas));
  await pack(git, dir);
  for (const [module, inside] of await listModules(git, dir, commits)) {
    await tidy(git, module, { shas: [...inside] });
  }
}

async function findCommits(git: GitCommand, dir: string, shas: Set<string>): Promise<string[]> {
  const found = await Promise.all([...shas].map((sha) => findCommit(git, dir, sha)));
  return found.flatMap((sha) => sha ?? []);
}

async function forgetRefs(git: GitCommand, dir: string, needed: Set<string>): Promise<void> {
  const format = "--format=%(refname) %(parent)";
  const kinds = ["targets", "snapshots", "replaced", "set-aside"].map((kind) => `${REFS}/${kind}`);
  const listing = await git.text(dir, ["for-each-ref", format, ...kinds]);
  const oldest = day(new Date(Date.now() - KEEP_DAYS * 86_400_000));
  const unneeded = listing.split("\n").filter((line) => line && !isNeeded(line, needed, oldest));
  const input = unneeded.map((line) => `delete ${line.split(" ")[0]}\n`).join("");
  if (input) await git.text(dir, ["update-ref", "--no-deref", "--stdin"], { input });
}

/** "refs/controlpilot/targets/<sha> <parent>", or "refs/controlpilot/replaced/<day>/<sha> <parent>" */
function isNeeded(line: string, needed: Set<string>, oldest: string): boolean {
  const [ref = "", parent = ""] = line.split(" ");
  const [kind, name = ""] = ref.slice(REFS.length + 1).split("/");
  if (kind === "targets") return needed.has(name);
  if (kind === "snapshots") return needed.has(parent);
  return !/^\d{4}-\d\d-\d\d$/.test(name) || name >= oldest;
}

/** Slow, but seldom. What nothing refers to stays for two weeks, as git itself would have it. */
async function pack(git: GitCommand, dir: string): Promise<void> {
  const counts = await git.text(dir, ["count-objects", "-v"]);
  const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(counts)?.[1]);
  if (count("packs") <= MANY_PACKS && count("count") <= MANY_OBJECTS) return;
  const args = ["gc", "--quiet", "--prune=2.weeks.ago"];
  await git.text(dir, args, { silenceMs: PACKING_MS });
}

/** The repositories of submodules, and the commits that they have to have. */
async function listModules(git: GitCommand, dir: string, commits: string[]) {
  const modules = new Map<string, Set<string>>();
  for (const commit of commits) {
    for (const submodule of await listSubmodules(git, dir, commit)) {
      const module = await findModule(git, dir, submodule);
      if (module) modules.set(module, (modules.get(module) ?? new Set()).add(submodule.sha));
    }
  }
  return modules;
}
