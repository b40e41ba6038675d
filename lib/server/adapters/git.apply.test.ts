import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import {
  createRemote,
  type Files,
  gitIn,
  picture,
  type Remote,
  removeFolders,
  writeFiles,
} from "../testing/git-remotes";
import { createRunner } from "./command";
import { type Checkout, createGit } from "./git";

const git = createGit(createRunner({ timeoutMs: 20_000 }));

const OLD: Files = {
  "app.py": "one\n",
  "settings.json": "{}\n",
  "run.sh": { executable: "#!/bin/sh\n" },
  link: { link: "app.py" },
  "becomes-folder": "a file\n",
  "becomes-file/inside.txt": "in a folder\n",
  "goes.txt": "goes\n",
  ".gitignore": "*.log\ncache/\n",
};
const NEW: Files = {
  "app.py": "two\n",
  "run.sh": "#!/bin/sh\n",
  link: { link: "settings.json" },
  "becomes-folder": null,
  "becomes-folder/inside.txt": "in a folder now\n",
  "becomes-file/inside.txt": null,
  "becomes-file": "a file now\n",
  "goes.txt": null,
  "new/with space.txt": "new\n",
  "out.log": "a log that the target has\n",
};

let remote: Remote;
let dir: string;
let sha: string;

async function look(): Promise<Checkout> {
  const checkout = await git.inspect(dir);
  if (!checkout) throw new Error(`${dir} is no checkout`);
  return checkout;
}

beforeEach(async () => {
  remote = createRemote(OLD);
  dir = remote.clone();
  rmSync(join(remote.dir, "becomes-folder"));
  rmSync(join(remote.dir, "becomes-file"), { recursive: true });
  const { "becomes-file/inside.txt": _, "becomes-folder": __, ...changes } = NEW;
  sha = remote.commit(changes);
  await git.fetch(await look(), { sha, branch: "master" });
});

afterAll(removeFolders);

describe("apply", () => {
  test("goes to the commit, on the branch, with its upstream", async () => {
    await git.apply(dir, { sha, branch: "master" });
    expect(picture(dir).files).toEqual(picture(remote.clone()).files);
    expect(await look()).toMatchObject({
      head: sha,
      branch: "master",
      localChanges: [],
      followed: { remote: "origin", branch: "master" },
    });
  });

  test("goes to a commit without a branch, and back onto the branch", async () => {
    await git.apply(dir, { sha, branch: null });
    expect(await look()).toMatchObject({ head: sha, branch: null });
    await git.apply(dir, { sha, branch: "master" });
    expect(await look()).toMatchObject({ head: sha, branch: "master" });
  });

  test("goes to another branch and follows that", async () => {
    remote.branch("dev");
    const tip = remote.commit({ "dev.txt": "dev" });
    const target = await git.resolve(await look(), "dev");
    expect(target).toMatchObject({ sha: tip, branch: "dev" });
    await git.apply(dir, target);
    expect((await look()).followed).toEqual({ remote: "origin", branch: "dev" });
  });

  test("keeps edits and files that are not in the way, staged ones staged", async () => {
    writeFiles(dir, { "settings.json": "mine", "model.bin": "m", "cache/x": "x", "own.log": "" });
    writeFiles(dir, { "staged.txt": "staged" });
    gitIn(dir, "add", "staged.txt");
    expect(await git.overwritten(dir, sha)).toEqual([]);
    await git.apply(dir, { sha, branch: "master" });
    const { files, status } = picture(dir);
    expect(files).toMatchObject({
      "settings.json": "- mine",
      "model.bin": "- m",
      "cache/x": "- x",
      "own.log": "- ",
    });
    expect(status).toContain("A  staged.txt");
    expect(status).toContain(" M settings.json");
  });

  test.each<[string, string[], Files, string[]]>([
    ["an edit", ["app.py"], { "app.py": "mine" }, []],
    ["a staged edit", ["app.py"], { "app.py": "mine" }, ["app.py"]],
    ["a deleted file", ["app.py"], { "app.py": null }, []],
    ["an edit of a file that goes", ["goes.txt"], { "goes.txt": "mine" }, []],
    ["an exec bit", ["app.py"], { "app.py": { executable: "one\n" } }, []],
    ["a link that is a file", ["link"], { link: "mine" }, []],
    ["an untracked file", ["new/with space.txt"], { "new/with space.txt": "mine" }, []],
    ["an ignored file", ["out.log"], { "out.log": "mine" }, []],
    ["a file where a folder comes", ["new"], { new: "mine" }, []],
    ["a link where a folder comes", ["new"], { new: { link: "/etc" } }, []],
    [
      "files in a folder where a file comes",
      ["out.log/a b", "out.log/deep/c.log"],
      { "out.log/a b": "", "out.log/deep/c.log": "" },
      [],
    ],
    [
      "an ignored file in a folder that becomes a file",
      ["becomes-file/own.log"],
      { "becomes-file/own.log": "" },
      [],
    ],
    ["a staged new file", ["out.log"], { "out.log": "mine" }, ["out.log"]],
    ["a staged file below a coming file", ["out.log/a"], { "out.log/a": "" }, ["out.log/a"]],
  ])("refuses to overwrite %s, and names it; kept on a branch it goes on", async (...given) => {
    const [, inTheWay, files, staged] = given;
    writeFiles(dir, files);
    if (staged.length > 0) gitIn(dir, "add", "--force", ...staged);
    const before = picture(dir);

    expect(await git.overwritten(dir, sha)).toEqual(inTheWay);
    const applied = git.apply(dir, { sha, branch: "master" });
    await expect(applied).rejects.toMatchObject({ code: "conflict" });
    await expect(applied).rejects.toThrow(inTheWay[0]);
    expect(picture(dir)).toEqual(before);

    const snapshot = await git.snapshot(dir);
    const kept = { branch: "kept/edits", paths: inTheWay };
    await git.keepEdits(dir, { ...kept, message: "My edits" });
    expect(await git.overwritten(dir, sha)).toEqual([]);
    await git.apply(dir, { sha, branch: "master" });
    expect(picture(dir).files).toEqual(picture(remote.clone()).files);

    await git.restore(dir, snapshot, kept);
    gitIn(dir, "branch", "-D", "kept/edits");
    expect(picture(dir)).toEqual(before);
  });

  test("an edit that is the very change of the target is not in the way", async () => {
    writeFiles(dir, { "app.py": "two\n" });
    gitIn(dir, "add", "app.py");
    const before = picture(dir);
    const snapshot = await git.snapshot(dir);
    expect(await git.overwritten(dir, sha)).toEqual([]);
    await git.apply(dir, { sha, branch: "master" });
    expect((await look()).localChanges).toEqual([]);
    await git.restore(dir, snapshot, null);
    expect(picture(dir)).toEqual(before);
  });

  test("an empty folder is not in the way", async () => {
    mkdirSync(join(dir, "out.log"));
    await git.apply(dir, { sha, branch: "master" });
    expect(readFileSync(join(dir, "out.log"), "utf8")).toMatch(/a log/);
  });

  test("own commits stay reachable when the branch moves away from them", async () => {
    writeFiles(dir, { "own.txt": "own" });
    gitIn(dir, "add", "own.txt");
    gitIn(dir, "commit", "--quiet", "--message", "Own");
    const own = gitIn(dir, "rev-parse", "HEAD");
    await git.apply(dir, { sha, branch: "master" });
    gitIn(dir, "reflog", "expire", "--expire=now", "--all");
    gitIn(dir, "gc", "--quiet", "--prune=now");
    expect(gitIn(dir, "cat-file", "-t", own)).toBe("commit");
  });

  test("does not run hooks", async () => {
    writeFiles(dir, { ".git/hooks/post-checkout": { executable: "#!/bin/sh\ntouch hooked\n" } });
    await git.apply(dir, { sha, branch: "master" });
    expect(picture(dir).files).not.toHaveProperty("hooked");
  });
});

describe("keeping edits", () => {
  test("makes a branch of all edits, on top of own commits, and takes only those in the way", async () => {
    writeFiles(dir, { "own.txt": "own" });
    gitIn(dir, "add", "own.txt");
    gitIn(dir, "commit", "--quiet", "--message", "Own");
    writeFiles(dir, { "app.py": "mine", "settings.json": "mine too", "out.log": "mine", x: "x" });
    const paths = await git.overwritten(dir, sha);
    const before = picture(dir);
    await git.keepEdits(dir, { branch: "edits", paths, message: "My edits\n\nof today" });

    expect(paths).toEqual(["app.py", "out.log"]);
    expect(gitIn(dir, "show", "edits:app.py")).toBe("mine");
    expect(gitIn(dir, "show", "edits:settings.json")).toBe("mine too");
    expect(gitIn(dir, "show", "edits:out.log")).toBe("mine");
    expect(gitIn(dir, "log", "-1", "--format=%B", "edits")).toBe("My edits\n\nof today");
    expect(gitIn(dir, "log", "-1", "--format=%s", "edits^")).toBe("Own");
    const after = picture(dir);
    expect(after.head).toBe(before.head);
    expect(after.files).toMatchObject({ "app.py": "- one\n", "settings.json": "- mine too" });
    expect(after.files).not.toHaveProperty("out.log");
    expect(after.files).toHaveProperty("x");
  });

  test("refuses a branch that there is, and a name that is none", async () => {
    const keep = { paths: [], message: "x" };
    const taken = git.keepEdits(dir, { ...keep, branch: "master" });
    await expect(taken).rejects.toMatchObject({ code: "conflict" });
    const odd = git.keepEdits(dir, { ...keep, branch: "-x" });
    await expect(odd).rejects.toMatchObject({ code: "invalid" });
  });

  test("refuses a repository in the way, and changes nothing", async () => {
    mkdirSync(join(dir, "new/with space.txt"), { recursive: true });
    gitIn(join(dir, "new/with space.txt"), "init", "--quiet");
    const paths = await git.overwritten(dir, sha);
    expect(paths).toEqual(["new/with space.txt/"]);
    const before = picture(dir);
    const kept = git.keepEdits(dir, { branch: "edits", paths, message: "x" });
    await expect(kept).rejects.toThrow(/git repository of its own/);
    expect(picture(dir)).toEqual(before);
  });

  test.each([
    "core.autocrlf=true",
    "core.autocrlf=input",
    "core.fileMode=false",
    "core.symlinks=false",
  ])("gives the same bytes back under %s", async (config) => {
    dir = remote.clone({ config });
    gitIn(dir, "reset", "--quiet", "--hard", "HEAD^");
    const bytes = Buffer.from("one\r\ntwo\nthree\r\n\xff\0", "latin1");
    writeFiles(dir, { "app.py": "a\r\nb\r\n", "goes.txt": "a\r\nb\n", "out.log": bytes });
    const before = picture(dir);
    const snapshot = await git.snapshot(dir);
    const kept = { branch: "edits", paths: await git.overwritten(dir, sha) };
    expect(kept.paths).toEqual(["app.py", "goes.txt", "out.log"]);
    await git.keepEdits(dir, { ...kept, message: "x" });
    await git.apply(dir, { sha, branch: "master" });
    await git.restore(dir, snapshot, kept);
    gitIn(dir, "branch", "-D", "edits");
    expect(picture(dir)).toEqual(before);
  });
});
