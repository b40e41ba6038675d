import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRunner } from "./command";
import { createRemoteRefs } from "./remote-refs";

const IDENTITY = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org"];
const followed = { remote: "origin", branch: "master" };

let root: string;
let remote: string;
let checkout: string;

const refs = createRemoteRefs(createRunner({ timeoutMs: 10_000 }));
const git = (dir: string, ...args: string[]) =>
  execFileSync("git", ["-C", dir, ...IDENTITY, ...args], { encoding: "utf8" }).trim();
const commit = (subject: string) => git(remote, "commit", "-q", "--allow-empty", "-m", subject);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "remote-refs-"));
  remote = join(root, "remote");
  checkout = join(root, "checkout");
  execFileSync("git", ["init", "-q", "-b", "master", remote]);
  commit("One");
  for (const tag of ["v0.9", "v0.10", "v0.10-rc1"]) git(remote, "tag", tag);
  commit("Two, with an é");
  git(remote, "tag", "-a", "v1.0", "-m", "with words");
  git(remote, "branch", "dev");
  execFileSync("git", ["clone", "-q", remote, checkout]);
});

afterAll(() => rmSync(root, { recursive: true }));

test("branches and tags come by version, newest first, each with its commit", async () => {
  const { branches, tags } = await refs.list({ dir: checkout, followed });
  const tip = git(remote, "rev-parse", "master");
  expect(branches.map(({ name }) => name).sort()).toEqual(["dev", "master"]);
  expect(tags.map(({ name }) => name)).toEqual(["v1.0", "v0.10", "v0.10-rc1", "v0.9"]);
  expect(tags[0]).toEqual({ name: "v1.0", sha: tip });
});

test("at most 100 of each are told", async () => {
  for (let number = 0; number < 110; number += 1) git(remote, "branch", `many/${number}`);
  const { branches } = await refs.list({ dir: checkout, followed });
  expect(branches).toHaveLength(100);
});

test("the history is what is checked out, newest first", async () => {
  expect(await refs.history(checkout)).toEqual([
    expect.objectContaining({ subject: "Two, with an é", author: "Ada Lovelace" }),
    expect.objectContaining({ subject: "One", sha: git(remote, "rev-parse", "v0.9") }),
  ]);
});

test("a checkout without a remote has only its history", async () => {
  expect(await refs.list({ dir: checkout, followed: null })).toEqual({ branches: [], tags: [] });
});

test("a remote that is gone is said to be", async () => {
  git(checkout, "remote", "add", "gone", join(root, "nowhere"));
  const gone = { remote: "gone", branch: "master" };
  await expect(refs.list({ dir: checkout, followed: gone })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("git ls-remote ended with 128"),
  });
});
