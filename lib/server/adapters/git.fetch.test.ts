import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createRemote,
  FILE_SUBMODULES,
  gitIn,
  picture,
  type Remote,
  removeFolders,
  writeFiles,
} from "../testing/git-remotes";
import { createRunner } from "./command";
import { type Checkout, createGit } from "./git";

const git = createGit(createRunner({ timeoutMs: 20_000 }));

async function look(dir: string): Promise<Checkout> {
  const checkout = await git.inspect(dir);
  if (!checkout) throw new Error(`${dir} is no checkout`);
  return checkout;
}

const isHere = (dir: string, sha: string) => gitIn(dir, "rev-parse", `${sha}^{tree}`) !== "";
const count = (dir: string, commit: string) => Number(gitIn(dir, "rev-list", "--count", commit));

let remote: Remote;

beforeEach(() => {
  for (const [name, value] of Object.entries(FILE_SUBMODULES)) vi.stubEnv(name, value);
  remote = createRemote();
  for (const number of [1, 2, 3, 4, 5]) {
    remote.commit({ "a.txt": `${number}`, [`${number}.txt`]: "" }, `Number ${number}`);
  }
});

afterEach(() => vi.unstubAllEnvs());
afterAll(removeFolders);

describe("what a person types", () => {
  test.each(["full", "shallow"])("is found from a %s clone", async (kind) => {
    const old = remote.git("rev-parse", "HEAD~3");
    remote.git("tag", "v1", old);
    remote.git("tag", "--annotate", "--message", "Two", "v2", old);
    const dir = remote.clone(kind === "full" ? {} : { depth: 1 });
    const newest = remote.commit({ "b.txt": "b" });
    remote.branch("feature/x");
    const side = remote.commit({ "c.txt": "c" });
    const before = picture(dir);
    const checkout = await look(dir);

    const master = (sha: string) => ({ sha, branch: "master", label: `master@${sha.slice(0, 7)}` });
    expect(await git.resolve(checkout, "master")).toEqual(master(newest));
    expect(await git.resolve(checkout, newest)).toEqual(master(newest));
    expect(await git.resolve(checkout, "v1")).toEqual(master(old));
    expect(await git.resolve(checkout, "v2")).toEqual(master(old));
    expect(await git.resolve(checkout, old)).toEqual(master(old));
    expect(await git.resolve(checkout, old.slice(0, 9))).toEqual(master(old));
    expect(await git.resolve(checkout, "feature/x")).toMatchObject({
      sha: side,
      branch: "feature/x",
    });
    expect(await git.resolve(checkout, side)).toMatchObject({ sha: side, branch: null });
    expect(await git.resolve(checkout, side.slice(0, 7))).toMatchObject({ sha: side });
    expect(picture(dir)).toEqual(before);
    expect((await look(dir)).shallow).toBe(kind === "shallow");
  });

  test("may be a branch or a tag that only this checkout has", async () => {
    const dir = remote.clone();
    gitIn(dir, "branch", "mine");
    gitIn(dir, "tag", "my-tag");
    const checkout = await look(dir);
    expect(await git.resolve(checkout, "mine")).toMatchObject({ branch: "mine" });
    expect(await git.resolve(checkout, "my-tag")).toMatchObject({ sha: checkout.head });
  });

  test("an exact commit that is here needs no network", async () => {
    const dir = remote.clone();
    const old = remote.git("rev-parse", "HEAD~1");
    rmSync(remote.dir, { recursive: true });
    const checkout = await look(dir);
    expect(await git.resolve(checkout, old)).toMatchObject({ sha: old, branch: "master" });
    await git.fetch(checkout, { sha: old, branch: "master" });
  });

  test.each([
    "on a branch",
    "detached",
  ])("the commit it is at needs no network, %s", async (how) => {
    const dir = remote.clone({ depth: 1 });
    if (how === "detached") gitIn(dir, "checkout", "--quiet", "--detach");
    rmSync(remote.dir, { recursive: true });
    const checkout = await look(dir);
    const { head: sha, branch, label } = checkout;
    expect(branch).toBe(how === "detached" ? null : "master");
    for (const typed of [sha, sha.toUpperCase(), sha.slice(0, 8)]) {
      expect(await git.resolve(checkout, typed)).toEqual({ sha, branch, label });
    }
  });

  test.each([
    "nothing",
    "",
    "-x",
    "--upload-pack=touch /tmp/x",
    "../x",
    "a..b",
    "master~1",
    "HEAD^",
    "@{-1}",
    "refs/heads/*",
    "a b",
    "deadbeef",
    "0123456789012345678901234567890123456789",
  ])("is not found: %j", async (target) => {
    const checkout = await look(remote.clone());
    await expect(git.resolve(checkout, target)).rejects.toMatchObject({ code: "not_found" });
  });

  test("the tag of something else than a commit is not found", async () => {
    remote.git("tag", "of-a-tree", "HEAD^{tree}");
    const checkout = await look(remote.clone());
    await expect(git.resolve(checkout, "of-a-tree")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("fetching", () => {
  test("leaves all that people see alone, and a full clone full", async () => {
    const dir = remote.clone();
    const sha = remote.commit({ "b.txt": "b" });
    const before = picture(dir);
    await git.fetch(await look(dir), { sha, branch: "master" });
    expect(isHere(dir, sha)).toBe(true);
    expect(picture(dir)).toEqual(before);
    expect(count(dir, sha)).toBe(7);
  });

  test("brings a shallow clone forward without making it longer than it must be", async () => {
    const dir = remote.clone({ depth: 2 });
    const checkout = await look(dir);
    remote.commit({ "b.txt": "b" });
    const sha = remote.commit({ "b.txt": "c" });
    await git.fetch(checkout, { sha, branch: "master" });
    expect(await git.compare(dir, checkout.head, sha)).toMatchObject({ behind: 2, ahead: 0 });
    expect(count(dir, sha)).toBe(4);
    expect((await look(dir)).shallow).toBe(true);
  });

  test("an older commit in a shallow clone comes with what lies between", async () => {
    const dir = remote.clone({ depth: 1 });
    const checkout = await look(dir);
    const sha = remote.git("rev-parse", "HEAD~2");
    await git.fetch(checkout, { sha, branch: "master" });
    expect(await git.compare(dir, checkout.head, sha)).toMatchObject({ behind: 0, ahead: 2 });
    expect((await look(dir)).shallow).toBe(true);
  });

  test.each([
    ["full", {}],
    ["shallow", { depth: 1 }],
  ])("a %s clone follows a history that was rewritten", async (kind, options) => {
    const dir = remote.clone(options);
    const checkout = await look(dir);
    const sha = remote.rewriteHistory();
    expect(await git.newest(checkout)).toEqual({ branch: "master", sha });
    await git.fetch(checkout, { sha, branch: "master" });
    expect(isHere(dir, sha)).toBe(true);
    const compared = await git.compare(dir, checkout.head, sha);
    expect(compared.behind).toBeGreaterThan(0);
    expect(compared.ahead).toBeGreaterThan(0);
    expect((await look(dir)).shallow).toBe(kind === "shallow");
  });

  test("brings submodules at the commits they move to, and new ones", async () => {
    const library = createRemote({ "lib.py": "1" });
    const late = createRemote({ "late.py": "1" });
    remote.addSubmodule("library", library);
    const dir = remote.clone({ submodules: true });
    const moved = library.commit({ "lib.py": "2" });
    remote.moveSubmodule("library", moved);
    const sha = remote.addSubmodule("below/late", late);
    const before = picture(dir);

    await git.fetch(await look(dir), { sha, branch: "master" });

    expect(picture(dir)).toEqual(before);
    expect(isHere(join(dir, "library"), moved)).toBe(true);
    for (const { dir: gone } of [remote, library, late]) rmSync(gone, { recursive: true });
    await git.fetch(await look(dir), { sha, branch: "master" });
    await git.apply(dir, { sha, branch: "master" });
    expect(gitIn(join(dir, "below/late"), "ls-files")).toBe("late.py");
  });

  test("a submodule with an address that git does not allow is refused", async () => {
    vi.unstubAllEnvs();
    const dir = remote.clone();
    const sha = remote.addSubmodule("library", createRemote());
    const fetched = git.fetch(await look(dir), { sha, branch: "master" });
    await expect(fetched).rejects.toThrow(/transport 'file' not allowed/);
  });

  test("shows the progress of git", async () => {
    let output = "";
    const seen = createGit(
      createRunner({ timeoutMs: 20_000, onOutput: (text) => (output += text) }),
    );
    const dir = remote.clone();
    const sha = remote.commit({ "b.txt": "b" });
    await seen.fetch(await look(dir), { sha, branch: "master" });
    expect(output).toMatch(/^\$ git -C \S+ fetch --progress/);
    expect(output).toMatch(/100%/);
  });
});

describe("comparing", () => {
  test("tells commits, files and submodules, newest first", async () => {
    const dir = remote.clone();
    const { head } = await look(dir);
    remote.commit({ "ü b.txt": "b" }, "Add b");
    const sha = remote.addSubmodule("library", createRemote());
    writeFiles(dir, { "own.txt": "own" });
    gitIn(dir, "add", "own.txt");
    gitIn(dir, "commit", "--quiet", "--message", "Own");
    const checkout = await look(dir);
    await git.fetch(checkout, { sha, branch: "master" });

    expect(await git.compare(dir, checkout.head, sha)).toEqual({
      behind: 2,
      ahead: 1,
      commits: [
        { sha, subject: "Add library", author: "Ada", date: expect.stringMatching(/Z$/) },
        expect.objectContaining({ subject: "Add b" }),
      ],
      changedFiles: [".gitmodules", "library", "own.txt", "ü b.txt"],
      submodulesChanged: ["library"],
    });
    expect(await git.diff(dir, head, sha, ["ü b.txt", "none"])).toContain("\n+b");
    expect(await git.diff(dir, head, sha, [])).toBe("");
  });
});

describe("a remote that cannot be asked", () => {
  test("is unavailable, with the reason", async () => {
    const dir = remote.clone();
    rmSync(remote.dir, { recursive: true });
    const checkout = await look(dir);
    await expect(git.newest(checkout)).rejects.toMatchObject({ code: "unavailable" });
    await expect(git.resolve(checkout, "master")).rejects.toMatchObject({ code: "unavailable" });
  });

  test("no remote at all is said", async () => {
    const dir = remote.clone();
    gitIn(dir, "remote", "remove", "origin");
    const checkout = await look(dir);
    expect(checkout).toMatchObject({ followed: null, remoteUrl: null });
    await expect(git.newest(checkout)).rejects.toThrow(/has no remote/);
  });

  test("a followed branch that is gone is said", async () => {
    const dir = remote.clone();
    remote.git("branch", "-m", "main");
    await expect(git.newest(await look(dir))).rejects.toThrow(/no branch master any more/);
  });

  test("one that never answers ends by the deadline", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await vi.waitUntil(() => silent.listening, 10_000);
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    const dir = remote.clone();
    gitIn(dir, "remote", "set-url", "origin", `http://127.0.0.1:${port}/x.git`);
    const hasty = createGit(createRunner({ timeoutMs: 500 }));
    const checkout = await look(dir);
    await expect(hasty.newest(checkout)).rejects.toThrow(/took too long/);
    silent.close();
  });
});
