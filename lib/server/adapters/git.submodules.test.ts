import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
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
import { createGit } from "./git";
import { resolveUrl } from "./git-submodules";

const git = createGit(createRunner({ timeoutMs: 20_000 }));

let library: Remote;
let remote: Remote;

beforeEach(() => {
  for (const [name, value] of Object.entries(FILE_SUBMODULES)) vi.stubEnv(name, value);
  library = createRemote({ "lib.py": "1\n" });
  remote = createRemote();
  remote.addSubmodule("library", library);
});

afterEach(() => vi.unstubAllEnvs());
afterAll(removeFolders);

async function fetch(dir: string, sha: string) {
  const checkout = await git.inspect(dir);
  if (!checkout) throw new Error(`${dir} is no checkout`);
  await git.fetch(checkout, { sha, branch: "master" });
  return { sha, branch: "master" };
}

test("one on a branch of its own gets it back", async () => {
  const dir = remote.clone({ submodules: true });
  gitIn(join(dir, "library"), "checkout", "--quiet", "-b", "mine");
  const moved = library.commit({ "lib.py": "2\n" });
  const target = await fetch(dir, remote.moveSubmodule("library", moved));
  const before = picture(dir);
  const snapshot = await git.snapshot(dir);
  await git.apply(dir, target);
  expect(gitIn(join(dir, "library"), "rev-parse", "HEAD")).toBe(moved);
  await git.restore(dir, snapshot, null);
  expect(picture(dir)).toEqual(before);
});

test("one that the user has moved is in the way only where the update moves it", async () => {
  const dir = remote.clone({ submodules: true });
  const inside = join(dir, "library");
  writeFiles(inside, { "lib.py": "own\n" });
  gitIn(inside, "commit", "--quiet", "--all", "--message", "Own");
  const own = gitIn(inside, "rev-parse", "HEAD");
  const elsewhere = await fetch(dir, remote.commit({ "a.txt": "a" }));
  expect(await git.overwritten(dir, elsewhere.sha)).toEqual([]);
  await git.apply(dir, elsewhere);
  expect(gitIn(inside, "rev-parse", "HEAD")).toBe(own);

  const moved = library.commit({ "lib.py": "2\n" });
  const target = await fetch(dir, remote.moveSubmodule("library", moved));
  const before = picture(dir);
  const snapshot = await git.snapshot(dir);
  const kept = { branch: "kept", paths: await git.overwritten(dir, target.sha) };
  expect(kept.paths).toEqual(["library"]);
  await expect(git.apply(dir, target)).rejects.toMatchObject({ code: "conflict" });
  await git.keepEdits(dir, { ...kept, message: "Mine" });
  await git.apply(dir, target);
  expect(gitIn(inside, "rev-parse", "HEAD")).toBe(moved);
  expect(gitIn(dir, "rev-parse", "kept:library")).toBe(own);
  await git.restore(dir, snapshot, kept);
  gitIn(dir, "branch", "-D", "kept");
  expect(picture(dir)).toEqual(before);
});

test("one that the user left out stays out", async () => {
  const dir = remote.clone();
  const target = await fetch(
    dir,
    remote.moveSubmodule("library", library.commit({ "lib.py": "2" })),
  );
  await git.apply(dir, target);
  expect(existsSync(join(dir, "library", "lib.py"))).toBe(false);
});

test("one inside of another comes and goes with it", async () => {
  const outer = createRemote({ "outer.py": "1\n" });
  outer.addSubmodule("deep/inner", library);
  const dir = remote.clone({ submodules: true });
  const target = await fetch(dir, remote.addSubmodule("with space/outer", outer));
  const before = picture(dir);
  const snapshot = await git.snapshot(dir);
  await git.apply(dir, target);
  const inner = join(dir, "with space/outer/deep/inner/lib.py");
  expect(readFileSync(inner, "utf8")).toBe("1\n");
  expect(gitIn(dir, "submodule", "status", "--recursive")).not.toMatch(/^[-+U]/m);
  await git.restore(dir, snapshot, null);
  expect(picture(dir)).toEqual(before);
  await git.apply(dir, target);
  expect(readFileSync(inner, "utf8")).toBe("1\n");
});

test("edits in one that goes, and files where one comes, are in the way", async () => {
  const dir = remote.clone({ submodules: true });
  const late = createRemote({ "late.py": "1\n" });
  remote.removeSubmodule("library");
  const target = await fetch(dir, remote.addSubmodule("late", late));
  writeFiles(dir, { "library/lib.py": "mine", "late/late.py": "mine", "late/other": "stays" });
  const before = picture(dir);
  const snapshot = await git.snapshot(dir);
  const kept = { branch: "kept", paths: await git.overwritten(dir, target.sha) };
  expect(kept.paths).toEqual(["late/late.py", "library/lib.py"]);
  await git.keepEdits(dir, { ...kept, message: "Mine" });
  await git.apply(dir, target);
  expect(readFileSync(join(dir, "late/late.py"), "utf8")).toBe("1\n");
  expect(readFileSync(join(dir, "late/other"), "utf8")).toBe("stays");
  await git.restore(dir, snapshot, kept);
  for (const folder of [dir, join(dir, "library")]) gitIn(folder, "branch", "-D", "kept");
  expect(picture(dir)).toEqual(before);
});

test("a shallow checkout gets new ones shallow", async () => {
  library.commit({ "lib.py": "2\n" });
  const late = createRemote({ "late.py": "1\n" });
  late.commit({ "late.py": "2\n" });
  const dir = remote.clone({ depth: 1 });
  const target = await fetch(dir, remote.addSubmodule("late", late));
  await git.apply(dir, target);
  expect(gitIn(join(dir, "late"), "rev-list", "--count", "HEAD")).toBe("1");
});

test.each([
  ["https://host/a/b.git", "../c.git", "https://host/a/c.git"],
  ["https://host/a/b/", "../../c", "https://host/c"],
  ["https://host/a/b", "./c", "https://host/a/b/c"],
  ["git@host:a/b.git", "../c.git", "git@host:a/c.git"],
  ["ssh://git@host:22/a/b", "../c", "ssh://git@host:22/a/c"],
  ["/srv/a", "../b", "/srv/b"],
])("below %s the address %s is %s", (base, relative, url) => {
  expect(resolveUrl(base, relative)).toBe(url);
});
