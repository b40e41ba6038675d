import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createRemote,
  FILE_SUBMODULES,
  type Files,
  gitIn,
  makeFolder,
  picture,
  removeFolders,
  writeFiles,
} from "../testing/git-remotes";
import { createRunner } from "./command";
import { createGit, type Git, type GitSnapshot } from "./git";

const run = createRunner({ timeoutMs: 20_000 });
const git = createGit(run);

/** One that ends the git that calls it, at the call whose number stands in `kill-at`. */
const KILLER = `#!/bin/sh
cd "$(dirname "$0")"
echo x >> calls
[ "$(wc -l < calls)" = "$(cat kill-at)" ] && kill -9 $PPID
exec cat
`;

let tools: string;

beforeEach(() => {
  tools = makeFolder("tools");
  writeFiles(tools, { killer: { executable: KILLER }, "kill-at": "never" });
  stubEnvironment(tools);
});

function stubEnvironment(folder: string) {
  const variables = {
    ...FILE_SUBMODULES,
    GIT_CONFIG_COUNT: "3",
    GIT_CONFIG_KEY_1: "filter.slow.smudge",
    GIT_CONFIG_VALUE_1: join(folder, "killer"),
    GIT_CONFIG_KEY_2: "filter.slow.clean",
    GIT_CONFIG_VALUE_2: "cat",
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

afterEach(() => vi.unstubAllEnvs());
afterAll(removeFolders);

/** In the middle of keeping edits, of taking submodules away, and of putting them there. */
const UPDATING = [70, 124, 159];
/** In the middle of taking a new submodule away, of the files, of the refs, and in a submodule. */
const RESTORING = [33, 68, 75, 119];

function killAt(call: number | "never") {
  writeFiles(tools, { "kill-at": String(call), calls: "" });
}

const ATTRIBUTES = { ".gitattributes": "*.slow filter=slow\n" };

const slowFiles = (names: string, content: string): Files =>
  Object.fromEntries([...names].map((name) => [`${name}.slow`, `${content} of ${name}\n`]));

/** A checkout with edits and submodules, and an update that moves, adds, removes and replaces. */
async function makeUpdate() {
  const moved = createRemote({ ...ATTRIBUTES, ...slowFiles("mn", "old"), "lib.py": "1\n" });
  const removed = createRemote({ "gone.py": "1\n" });
  const replaced = createRemote({ "file.py": "a submodule\n", "other.py": "1\n" });
  const added = createRemote({ ...ATTRIBUTES, ...slowFiles("x", "new") });
  const remote = createRemote({
    ...ATTRIBUTES,
    ...slowFiles("abc", "old"),
    "settings.json": "{}\n",
    "becomes-folder": "a file\n",
  });
  for (const [path, other] of Object.entries({ moved, removed, replaced })) {
    remote.addSubmodule(path, other);
  }
  const dir = remote.clone({ submodules: true });
  remote.moveSubmodule("moved", moved.commit({ ...slowFiles("mo", "new"), "lib.py": "2\n" }));
  remote.removeSubmodule("removed");
  remote.removeSubmodule("replaced", { "replaced/file.py": "now plain\n" });
  remote.addSubmodule("added", added);
  remote.commit({ "becomes-folder": null });
  const sha = remote.commit({
    ...slowFiles("bcd", "new"),
    "becomes-folder/file": "in a folder\n",
    "out.log": "of the target\n",
  });
  writeFiles(dir, {
    "settings.json": "mine\n",
    "a.slow": "mine too\n",
    "staged.txt": "staged\n",
    "b.slow": "edited by me\n",
    "out.log": "my own log\n",
    "moved/lib.py": "my library\n",
    "removed/weights.bin": "untracked in a submodule\n",
    "models/big.bin": "untracked\n",
  });
  gitIn(dir, "add", "staged.txt", "b.slow");
  const checkout = await git.inspect(dir);
  if (!checkout) throw new Error("no checkout");
  await git.fetch(checkout, { sha, branch: "master" });
  return { dir, target: { sha, branch: "master" } };
}

type Update = Awaited<ReturnType<typeof makeUpdate>> & {
  snapshot: GitSnapshot;
  kept: { branch: string; paths: string[] };
  before: ReturnType<typeof picture>;
};

/** The same checkout before and after its update, to be copied. */
let ready: Update;
let updated: Update;

beforeAll(async () => {
  stubEnvironment(makeFolder("no-tools"));
  const made = await makeUpdate();
  const before = picture(made.dir);
  const paths = await git.overwritten(made.dir, made.target.sha);
  const snapshot = await git.snapshot(made.dir);
  ready = { ...made, before, snapshot, kept: { branch: "kept", paths } };
  updated = copy(ready);
  await update(git, updated);
  vi.unstubAllEnvs();
}, 60_000);

function copy(from: Update): Update {
  const dir = join(makeFolder("copy"), "checkout");
  cpSync(from.dir, dir, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return { ...from, dir };
}

async function update(by: Git, { dir, kept, target }: Update) {
  await by.keepEdits(dir, { ...kept, message: "My edits" });
  await by.apply(dir, target);
}

/** The branch of the edits stays; all else is as before. */
function expectWhole({ dir, before }: Update) {
  for (const folder of [dir, join(dir, "moved")]) {
    if (gitIn(folder, "branch", "--list", "kept")) gitIn(folder, "branch", "-D", "kept");
  }
  expect(picture(dir)).toEqual(before);
}

/** A git whose job dies before the command of this number. */
function dyingGit(command: number): Git {
  let commands = 0;
  return createGit((...args) => {
    commands += 1;
    if (commands >= command) throw new Error("killed");
    return run(...args);
  });
}

describe("going back", () => {
  test("after an update gives exactly what was there, twice the same", async () => {
    const all = copy(ready);
    expect(all.kept.paths).toEqual(["b.slow", "moved/lib.py", "out.log"]);
    await update(git, all);
    const files = picture(all.dir).files;
    expect(files).toMatchObject({
      "b.slow": "- new of b\n",
      "moved/lib.py": "- 2\n",
      "moved/o.slow": "- new of o\n",
      "added/x.slow": "- new of x\n",
      "replaced/file.py": "- now plain\n",
      "settings.json": "- mine\n",
      "a.slow": "- mine too\n",
      "removed/weights.bin": "- untracked in a submodule\n",
    });
    expect(files).not.toHaveProperty("removed/gone.py");
    expect(files).not.toHaveProperty("replaced/other.py");
    expect(gitIn(all.dir, "submodule", "status").split("\n")).toHaveLength(2);

    await git.restore(all.dir, all.snapshot, all.kept);
    const once = picture(all.dir);
    await git.restore(all.dir, all.snapshot, all.kept);
    expect(picture(all.dir)).toEqual(once);
    expectWhole(all);
  }, 60_000);

  test("before anything was done changes nothing", async () => {
    const all = copy(ready);
    await git.restore(all.dir, all.snapshot, all.kept);
    expectWhole(all);
  }, 60_000);

  test("gives back a detached HEAD, a tag, another branch and a missing upstream", async () => {
    const remote = createRemote();
    remote.tag("v1");
    const dir = remote.clone({ branch: "v1" });
    const sha = remote.commit({ "a.txt": "a" });
    for (const prepare of [
      () => {},
      () => gitIn(dir, "checkout", "--quiet", "--no-track", "-b", "mine"),
      () => gitIn(dir, "checkout", "--quiet", "--no-track", "-b", "local", "v1"),
    ]) {
      prepare();
      const checkout = await git.inspect(dir);
      if (!checkout) throw new Error("no checkout");
      await git.fetch(checkout, { sha, branch: "master" });
      const before = picture(dir);
      const snapshot = await git.snapshot(dir);
      await git.apply(dir, { sha, branch: "master" });
      expect((await git.inspect(dir))?.head).toBe(sha);
      await git.restore(dir, snapshot, null);
      expect(picture(dir)).toEqual(before);
    }
  }, 60_000);

  test("keeps what the new version did to files of its own, out of the way", async () => {
    const remote = createRemote({ "a.txt": "old\n", plain: "a file\n" });
    const dir = remote.clone();
    remote.commit({ plain: null });
    const sha = remote.commit({ "a.txt": "new\n", "plain/x": "a folder\n" });
    const checkout = await git.inspect(dir);
    if (!checkout) throw new Error("no checkout");
    await git.fetch(checkout, { sha, branch: "master" });
    const before = picture(dir);
    const snapshot = await git.snapshot(dir);
    await git.apply(dir, { sha, branch: "master" });
    writeFiles(dir, { "a.txt": "written by the new version\n", "plain/cache": "and this\n" });
    writeFiles(dir, { "output.png": "an image\n" });

    await git.restore(dir, snapshot, null);

    const { files } = picture(dir);
    expect(files).toEqual({ ...before.files, "output.png": "- an image\n" });
    const [aside = ""] = gitIn(
      dir,
      "for-each-ref",
      "--format=%(refname)",
      "refs/controlpilot/set-aside",
    ).split("\n");
    expect(gitIn(dir, "show", `${aside}:a.txt`)).toBe("written by the new version");
    expect(gitIn(dir, "show", `${aside}:plain/cache`)).toBe("and this");
  });

  test("keeps commits that were made after the update", async () => {
    const remote = createRemote();
    const dir = remote.clone();
    const sha = remote.commit({ "a.txt": "a" });
    const target = await git.resolve((await git.inspect(dir)) ?? expect.fail(), sha);
    const snapshot = await git.snapshot(dir);
    await git.apply(dir, target);
    gitIn(dir, "commit", "--quiet", "--allow-empty", "--message", "Later");
    const later = gitIn(dir, "rev-parse", "HEAD");
    await git.restore(dir, snapshot, null);
    gitIn(dir, "reflog", "expire", "--expire=now", "--all");
    gitIn(dir, "gc", "--quiet", "--prune=now");
    expect(gitIn(dir, "cat-file", "-t", later)).toBe("commit");
  });

  test("survives a cleaning of unreachable objects meanwhile", async () => {
    const all = copy(updated);
    for (const dir of [all.dir, join(all.dir, "moved")]) {
      gitIn(dir, "reflog", "expire", "--expire=now", "--all");
      gitIn(dir, "gc", "--quiet", "--prune=now");
    }
    await git.restore(all.dir, all.snapshot, all.kept);
    expectWhole(all);
  }, 60_000);

  test("an unfinished merge cannot be remembered, and says so", async () => {
    const remote = createRemote({ a: "1" });
    const dir = remote.clone();
    gitIn(dir, "checkout", "--quiet", "-b", "side");
    writeFiles(dir, { a: "2" });
    gitIn(dir, "commit", "--quiet", "--all", "--message", "Two");
    gitIn(dir, "checkout", "--quiet", "master");
    writeFiles(dir, { a: "3" });
    gitIn(dir, "commit", "--quiet", "--all", "--message", "Three");
    expect(() => gitIn(dir, "merge", "--quiet", "side")).toThrow();
    expect((await git.inspect(dir))?.operation).toBe("merge");
    await expect(git.snapshot(dir)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("after a kill", () => {
  test.each([2, 4, 5])("of git while applying, at file %i that it writes", async (call) => {
    const all = copy(ready);
    const since = new Date(Date.now() - 1000);
    killAt(call);
    await expect(update(git, all)).rejects.toMatchObject({ code: "conflict" });
    killAt("never");
    tearFile(all.dir);
    await git.removeStaleLocks(all.dir, since);
    await git.restore(all.dir, all.snapshot, all.kept);
    expectWhole(all);
  }, 60_000);

  test.each([1, 3])("of git while restoring, at file %i that it writes", async (call) => {
    const all = copy(updated);
    const since = new Date(Date.now() - 1000);
    killAt(call);
    await expect(git.restore(all.dir, all.snapshot, all.kept)).rejects.toThrow();
    killAt("never");
    await git.removeStaleLocks(all.dir, since);
    await git.restore(all.dir, all.snapshot, all.kept);
    expectWhole(all);
  }, 60_000);

  test.each(UPDATING)("of the job before its command %i of updating", async (command) => {
    const all = copy(ready);
    await expect(update(dyingGit(command), all)).rejects.toThrow("killed");
    await git.restore(all.dir, all.snapshot, all.kept);
    expectWhole(all);
  }, 60_000);

  test.each(RESTORING)("of the job before its command %i of restoring", async (command) => {
    const all = copy(updated);
    const restored = dyingGit(command).restore(all.dir, all.snapshot, all.kept);
    await expect(restored).rejects.toThrow("killed");
    await git.restore(all.dir, all.snapshot, all.kept);
    expectWhole(all);
  }, 60_000);
});

/** git writes a file in place: a kill may leave the half of it. */
function tearFile(dir: string) {
  const path = join(dir, "c.slow");
  if (!existsSync(path) || !readFileSync(path, "utf8").startsWith("new")) return;
  writeFileSync(path, "ne");
}

test("a tree is exported with its submodules, and nothing else changes", async () => {
  const { dir, target } = copy(ready);
  const before = picture(dir);
  const to = join(makeFolder("export"), "tree");
  await git.exportTree(dir, target.sha, to);
  expect(readFileSync(join(to, "added/x.slow"), "utf8")).toBe("new of x\n");
  expect(readFileSync(join(to, "moved/lib.py"), "utf8")).toBe("2\n");
  expect(readFileSync(join(to, "replaced/file.py"), "utf8")).toBe("now plain\n");
  expect(picture(dir)).toEqual(before);
}, 60_000);
