import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createRemote, gitIn, removeFolders, writeFiles } from "../testing/git-remotes";
import { createRunner, type Runner } from "./command";
import { type Checkout, createGit } from "./git";

const run = createRunner({ timeoutMs: 20_000 });

afterAll(removeFolders);

async function look(dir: string): Promise<Checkout> {
  return (await createGit(run).inspect(dir)) ?? expect.fail(`${dir} is no checkout`);
}

/** Does something when a command of git has met a lock. */
function onLocked(act: () => void): Runner {
  return async (...args) => {
    const result = await run(...args);
    if (result.stderr.includes("File exists")) act();
    return result;
  };
}

function makeShallow() {
  const remote = createRemote();
  const dir = remote.clone({ depth: 1 });
  const sha = remote.commit({ "a.txt": "a" });
  return { dir, sha, lock: join(dir, ".git/shallow.lock") };
}

test("another git at work in a shallow clone is waited for", async () => {
  const { dir, sha, lock } = makeShallow();
  writeFiles(dir, { ".git/shallow.lock": "" });
  const git = createGit(onLocked(() => rmSync(lock, { force: true })));
  const checkout = await look(dir);
  await git.fetch(checkout, { sha, branch: "master" });
  expect(await git.compare(dir, checkout.head, sha)).toMatchObject({ behind: 1, ahead: 0 });
});

test.each([
  "config",
  "index",
  "HEAD",
  "refs/heads/other",
])("so is one that holds %s", async (name) => {
  const remote = createRemote();
  remote.branch("other");
  const sha = remote.commit({ "a.txt": "a" });
  const dir = remote.clone({ branch: "master" });
  gitIn(dir, "branch", "--no-track", "other", sha);
  const lock = join(dir, ".git", `${name}.lock`);
  writeFiles(dir, { [`.git/${name}.lock`]: "" });
  const git = createGit(onLocked(() => rmSync(lock, { force: true })));
  const checkout = await look(dir);
  await git.fetch(checkout, { sha, branch: "other" });
  await git.apply(dir, { sha, branch: "other" });
  expect(existsSync(lock)).toBe(false);
  expect(await look(dir)).toMatchObject({ head: sha, branch: "other" });
});

test("two at once both end well", async () => {
  const remote = createRemote();
  const dir = remote.clone({ depth: 1 });
  const shas = ["1", "2", "3"].map((text) => remote.commit({ "a.txt": text }));
  const checkout = await look(dir);
  const git = createGit(run);
  const both = [...shas, ...shas].map((sha) => git.fetch(checkout, { sha, branch: null }));
  await Promise.all(both);
  for (const sha of shas) expect(gitIn(dir, "cat-file", "-t", sha)).toBe("commit");
});

test("one that does not end is named in words for everybody", async () => {
  const { dir, sha, lock } = makeShallow();
  writeFiles(dir, { ".git/shallow.lock": "" });
  const fetched = createGit(run, { patienceMs: 50 }).fetch(await look(dir), { sha, branch: null });
  await expect(fetched).rejects.toMatchObject({
    code: "conflict",
    message: `Another git is working in ${dir}: try again when it has ended. If none runs, delete ${lock}.`,
  });
});

test("waiting ends when it is cancelled", async () => {
  const { dir, sha } = makeShallow();
  const checkout = await look(dir);
  writeFiles(dir, { ".git/shallow.lock": "" });
  const controller = new AbortController();
  const stoppable = createRunner({ timeoutMs: 20_000, signal: controller.signal });
  const git = createGit(async (...args) => {
    const result = await stoppable(...args);
    if (result.stderr.includes("File exists")) controller.abort();
    return result;
  });
  await expect(git.fetch(checkout, { sha, branch: null })).rejects.toThrow(/was cancelled/);
});
