import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  createRemote,
  FILE_SUBMODULES,
  gitIn,
  picture,
  removeFolders,
} from "../testing/git-remotes";
import { createRunner } from "./command";
import { type Checkout, createGit } from "./git";

const git = createGit(createRunner({ timeoutMs: 20_000 }));

beforeEach(() => {
  for (const [name, value] of Object.entries(FILE_SUBMODULES)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(removeFolders);

async function look(dir: string): Promise<Checkout> {
  return (await git.inspect(dir)) ?? expect.fail(`${dir} is no checkout`);
}

function refsOf(dir: string, below: string): string[] {
  const prefix = `refs/controlpilot/${below}`;
  return gitIn(dir, "for-each-ref", "--format=%(refname)", prefix).split("\n").filter(Boolean);
}

async function updateTo(dir: string, sha: string) {
  await git.fetch(await look(dir), { sha, branch: "master" });
  await git.snapshot(dir);
  await git.apply(dir, { sha, branch: "master" });
}

test("only what is still needed stays, in submodules too", async () => {
  const library = createRemote({ "lib.py": "0\n" });
  const remote = createRemote();
  remote.addSubmodule("library", library);
  const dir = remote.clone({ submodules: true });
  const shas: string[] = [];
  const inside: string[] = [];
  for (const number of ["1", "2", "3"]) {
    const moved = library.commit({ "lib.py": `${number}\n` });
    const sha = remote.moveSubmodule("library", moved);
    await updateTo(dir, sha);
    shas.push(sha);
    inside.push(moved);
  }
  const before = picture(dir);

  await git.tidy(dir, { shas: shas.slice(1, 2) });

  const module = join(dir, "library");
  expect(refsOf(dir, "targets")).toEqual([`refs/controlpilot/targets/${shas[1]}`]);
  expect(refsOf(module, "targets").sort()).toEqual(
    inside
      .slice(1)
      .map((sha) => `refs/controlpilot/targets/${sha}`)
      .sort(),
  );
  const [snapshot = "", ...others] = refsOf(dir, "snapshots");
  expect(others).toEqual([]);
  expect(gitIn(dir, "rev-parse", `${snapshot}^`)).toBe(shas[1]);
  expect(picture(dir)).toEqual(before);
});

test("what was the user's stays for thirty days, from when it was put there", async () => {
  const remote = createRemote();
  const dir = remote.clone();
  gitIn(dir, "commit", "--quiet", "--allow-empty", "--message", "Mine");
  const mine = gitIn(dir, "rev-parse", "HEAD");
  await updateTo(dir, remote.commit({ "a.txt": "a" }));
  const tree = gitIn(dir, "rev-parse", "HEAD^{tree}");
  const day = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  for (const [kind, days] of [
    ["replaced", 29],
    ["replaced", 32],
    ["set-aside", 29],
    ["set-aside", 32],
  ] as const) {
    gitIn(dir, "update-ref", `refs/controlpilot/${kind}/${day(days)}/${tree}`, tree);
  }
  gitIn(dir, "update-ref", `refs/controlpilot/replaced/${mine}`, mine);
  gitIn(dir, "pack-refs", "--all");

  await git.tidy(dir, { shas: [] });

  expect(refsOf(dir, "replaced")).toEqual([
    `refs/controlpilot/replaced/${day(29)}/${tree}`,
    `refs/controlpilot/replaced/${day(0)}/${mine}`,
    `refs/controlpilot/replaced/${mine}`,
  ]);
  expect(refsOf(dir, "set-aside")).toEqual([`refs/controlpilot/set-aside/${day(29)}/${tree}`]);
});

test("many packs become few, and nothing young is lost", async () => {
  const dir = createRemote().clone();
  const packs = () =>
    readdirSync(join(dir, ".git/objects/pack")).filter((name) => name.endsWith(".pack")).length;
  const addPacks = (from: number, to: number) => {
    for (let number = from; number < to; number += 1) {
      const options = { cwd: dir, encoding: "utf8" } as const;
      const hash = ["hash-object", "-w", "--stdin"];
      const blob = execFileSync("git", hash, { ...options, input: String(number) });
      const pack = ["pack-objects", "--quiet", ".git/objects/pack/pack"];
      execFileSync("git", pack, { ...options, input: blob });
    }
  };
  addPacks(0, 40);
  const few = packs();
  await git.tidy(dir, { shas: [] });
  expect(packs()).toBe(few);

  addPacks(40, 52);
  await git.tidy(dir, { shas: [] });
  expect(packs()).toBeLessThan(10);
  const young = execFileSync("git", ["hash-object", "--stdin"], { input: "7", encoding: "utf8" });
  expect(gitIn(dir, "cat-file", "-t", young.trim())).toBe("blob");
});
