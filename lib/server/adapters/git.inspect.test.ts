import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createRemote, gitIn, makeFolder, removeFolders, writeFiles } from "../testing/git-remotes";
import { createRunner } from "./command";
import { createGit } from "./git";

const git = createGit(createRunner({ timeoutMs: 20_000 }));
const isRoot = process.getuid?.() === 0;

afterAll(removeFolders);

test("tells what is checked out and what it follows", async () => {
  const remote = createRemote();
  const dir = remote.clone();
  const head = remote.head();

  expect(await git.inspect(dir)).toEqual({
    dir,
    head,
    branch: "master",
    followed: { remote: "origin", branch: "master" },
    remoteUrl: remote.url,
    shallow: false,
    localChanges: [],
    operation: null,
    label: `master@${head.slice(0, 7)}`,
    headDate: expect.stringMatching(/^2026-.*Z$/),
  });
});

test("a checkout without an upstream follows the branch of its name, else the default one", async () => {
  const remote = createRemote();
  remote.branch("dev");
  remote.checkout("master");
  const dir = remote.clone();
  gitIn(dir, "checkout", "--quiet", "--no-track", "-b", "dev");
  expect((await git.inspect(dir))?.followed).toEqual({ remote: "origin", branch: "dev" });
  gitIn(dir, "checkout", "--quiet", "-b", "mine");
  expect((await git.inspect(dir))?.followed).toEqual({ remote: "origin", branch: "master" });
});

test("a tag in a shallow clone follows the default branch, which the remote names", async () => {
  const remote = createRemote();
  remote.tag("v1.0");
  const newest = remote.commit({ "a.txt": "a" });
  const dir = remote.clone({ depth: 1, branch: "v1.0" });
  const checkout = await git.inspect(dir);

  expect(checkout).toMatchObject({
    branch: null,
    shallow: true,
    followed: { remote: "origin", branch: null },
    label: expect.stringMatching(/^v1\.0@/),
  });
  if (!checkout) throw new Error("no checkout");
  expect(await git.newest(checkout)).toEqual({ branch: "master", sha: newest });
});

test("edits are listed by name, whatever the name, staged or not, in submodules too", async () => {
  const odd = ['with "quotes".txt', "with\nnewline.txt", "grün und bunt.txt", "-option.txt"];
  const library = createRemote({ "lib.py": "1" });
  const remote = createRemote(Object.fromEntries(odd.map((name) => [name, "old"])));
  remote.addSubmodule("a library", library);
  const dir = remote.clone({ submodules: true });
  writeFiles(dir, Object.fromEntries(odd.map((name) => [name, "new"])));
  writeFiles(dir, { "a library/lib.py": "2", "a library/untracked": "", untracked: "" });
  gitIn(dir, "add", "--", "-option.txt");

  expect((await git.inspect(dir))?.localChanges).toEqual([...odd, "a library/lib.py"].sort());
});

test("an operation that somebody has begun is named", async () => {
  const remote = createRemote();
  const dir = remote.clone();
  gitIn(dir, "bisect", "start");
  expect((await git.inspect(dir))?.operation).toBe("bisect");
});

test("passwords of the remote are not told", async () => {
  const dir = createRemote().clone();
  gitIn(dir, "remote", "set-url", "origin", "https://me:s3cret@127.0.0.1:1/x.git");
  const checkout = await git.inspect(dir);
  expect(checkout?.remoteUrl).not.toContain("s3cret");
  if (!checkout) throw new Error("no checkout");
  const asked = git.newest(checkout);
  await expect(asked).rejects.toMatchObject({ code: "unavailable" });
  await expect(asked).rejects.not.toThrow("s3cret");
});

test("no checkout is null: a plain folder, none at all, one inside of a checkout", async () => {
  const inside = join(createRemote().clone(), "inside");
  writeFiles(inside, { a: "a" });
  for (const dir of [makeFolder("plain"), "/no/such/folder", inside]) {
    expect(await git.inspect(dir)).toBeNull();
  }
});

test.each([
  ["no commit yet", (dir: string) => gitIn(dir, "init", "--quiet"), /no commit yet/],
  ["bare", (dir: string) => gitIn(dir, "init", "--quiet", "--bare"), /bare repository/],
  ["emptied", (dir: string) => writeFiles(dir, { ".git/config": "" }), /damaged/],
])("a repository that cannot be updated says why: %s", async (_title, make, why) => {
  const dir = makeFolder("odd");
  make(dir);
  const asked = git.inspect(dir);
  await expect(asked).rejects.toMatchObject({ code: "conflict" });
  await expect(asked).rejects.toThrow(why);
});

test("a checkout with damaged files of git says so", async () => {
  const dir = createRemote().clone();
  rmSync(join(dir, ".git", "objects"), { recursive: true });
  await expect(git.inspect(dir)).rejects.toMatchObject({ code: "conflict" });
  const other = createRemote().clone();
  writeFileSync(join(other, ".git", "index"), "junk");
  await expect(git.inspect(other)).rejects.toMatchObject({ code: "conflict" });
});

test.runIf(isRoot)("a checkout of another user is read", async () => {
  const dir = createRemote().clone();
  execFileSync("chown", ["-R", "1234:1234", dir]);
  expect(await git.inspect(dir)).toMatchObject({ branch: "master" });
});

test("a checkout whose .git is a file is one, and has a staging folder", async () => {
  const dir = createRemote().clone();
  const tree = join(makeFolder("worktree"), "tree");
  gitIn(dir, "worktree", "add", "--quiet", "-b", "side", tree);
  expect(await git.inspect(tree)).toMatchObject({ branch: "side", localChanges: [] });
  expect(await git.stagingDir(tree, "job-1")).toBe(
    join(dir, ".git", "worktrees", "tree", "controlpilot", "job-1"),
  );
  await expect(git.stagingDir(tree, "../x")).rejects.toMatchObject({ code: "invalid" });
});

test("the path of a staging folder is told without making it, and only for a checkout", async () => {
  const dir = createRemote().clone();
  const path = join(dir, ".git", "controlpilot", "job-1");
  expect(await git.stagingPath(dir, "job-1")).toBe(path);
  expect(existsSync(join(dir, ".git", "controlpilot"))).toBe(false);
  expect(await git.stagingDir(dir, "job-1")).toBe(path);
  writeFiles(dir, { "inside/a": "a" });
  for (const other of [makeFolder("plain"), "/no/such/folder", join(dir, "inside")]) {
    expect(await git.stagingPath(other, "job-1")).toBeNull();
  }
  await expect(git.stagingPath(dir, "../x")).rejects.toMatchObject({ code: "invalid" });
});

test("a question that was cancelled has no answer, not even that there is no checkout", async () => {
  const dir = createRemote().clone();
  const signal = AbortSignal.abort();
  const cancelled = createGit(createRunner({ timeoutMs: 20_000, signal }));
  await expect(cancelled.stagingPath(dir, "job-1")).rejects.toThrow(/was cancelled/);
});

test("looking changes nothing, not even the index", async () => {
  const dir = createRemote().clone();
  writeFiles(dir, { "readme.txt": "hello\n" });
  const index = () => execFileSync("md5sum", [join(dir, ".git/index")], { encoding: "utf8" });
  const before = index();
  await git.inspect(dir);
  expect(index()).toBe(before);
});
