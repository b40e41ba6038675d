import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Remote = ReturnType<typeof createRemote>;

/** A file's text or bytes; null takes it away. */
type Content = string | Buffer | { executable: string } | { link: string } | null;
export type Files = Record<string, Content>;

export type CloneOptions = {
  depth?: number;
  branch?: string;
  submodules?: boolean;
  config?: string;
};

/** Lets submodules lie on this disk, which git refuses by itself. For `vi.stubEnv`. */
export const FILE_SUBMODULES = {
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "protocol.file.allow",
  GIT_CONFIG_VALUE_0: "always",
};

let minutes = 0;

/** What git says in `dir`, by a person who is not the one whose settings are on this machine. */
export function gitIn(dir: string, ...args: string[]): string {
  minutes += 1;
  const date = new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString();
  return execFileSync("git", ["-C", dir, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...FILE_SUBMODULES,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "ada@example.org",
      GIT_COMMITTER_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "ada@example.org",
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    },
  }).trimEnd();
}

const folders: string[] = [];

/** A folder of its own below the temporary one, until `removeFolders`. */
export function makeFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)));
  folders.push(folder);
  return folder;
}

/** Everything that this module has made; for `afterAll`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function writeFiles(dir: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    rmSync(path, { force: true });
    if (content === null) continue;
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === "string" || Buffer.isBuffer(content)) writeFileSync(path, content);
    else if ("link" in content) symlinkSync(content.link, path);
    else {
      writeFileSync(path, content.executable);
      chmodSync(path, 0o755);
    }
  }
}

/** A real repository on disk to clone from, on branch master, with one commit. */
export function createRemote(files: Files = { "readme.txt": "hello\n" }) {
  const dir = makeFolder("remote");
  const url = `file://${dir}`;
  const git = (...args: string[]) => gitIn(dir, ...args);
  const head = () => git("rev-parse", "HEAD");

  function commit(changes: Files, message = "A change"): string {
    writeFiles(dir, changes);
    git("add", "--all", "--force");
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return head();
  }

  git("init", "--quiet", "--initial-branch=master");
  commit(files, "The first commit");

  return {
    dir,
    url,
    git,
    head,
    /** Makes a commit on the branch that is checked out, and answers its full name. */
    commit,
    /** With a message it is an annotated one. */
    tag(name: string, message?: string) {
      git("tag", ...(message ? ["--annotate", "--message", message] : []), name);
    },
    /** Goes to a branch, which begins here if it is new. */
    branch(name: string) {
      git("checkout", "--quiet", "-B", name);
    },
    checkout: (name: string) => git("checkout", "--quiet", name),
    /** All commits become other ones, with the same files. */
    rewriteHistory(): string {
      const commits = git("rev-list", "--reverse", "HEAD").split("\n");
      const rewritten = commits.reduce((parent, old) => {
        const parents = parent ? ["-p", parent] : [];
        return git("commit-tree", ...parents, "-m", "Rewritten", `${old}^{tree}`);
      }, "");
      git("reset", "--quiet", "--hard", rewritten);
      return rewritten;
    },
    addSubmodule(path: string, other: { url: string }): string {
      git("submodule", "--quiet", "add", "--force", other.url, path);
      return commit({}, `Add ${path}`);
    },
    moveSubmodule(path: string, sha: string): string {
      gitIn(join(dir, path), "fetch", "--quiet");
      gitIn(join(dir, path), "checkout", "--quiet", sha);
      return commit({}, `Move ${path}`);
    },
    removeSubmodule(path: string, instead: Files = {}): string {
      git("rm", "--quiet", path);
      return commit(instead, `Remove ${path}`);
    },
    /** Answers the folder of the new checkout. */
    clone({ depth, branch, config, submodules = false }: CloneOptions = {}): string {
      const to = join(makeFolder("clone"), "checkout");
      const options = [
        ...(depth ? [`--depth=${depth}`] : []),
        ...(branch ? [`--branch=${branch}`] : []),
        ...(config ? [`--config=${config}`] : []),
        ...(submodules ? ["--recurse-submodules"] : []),
      ];
      git("-c", "advice.detachedHead=false", "clone", "--quiet", ...options, url, to);
      return to;
    },
  };
}

/** From now on, downloads of this clone stop after so many bytes and never go on. */
export function stallDownloads(clone: string, bytes: number): void {
  const tools = makeFolder("stalling");
  const serve = `git-upload-pack "$@" | (dd bs=4096 count=${bytes} iflag=count_bytes status=none; exec sleep 60)`;
  writeFiles(tools, { "upload-pack": { executable: `#!/bin/sh\n${serve}\n` } });
  gitIn(clone, "config", "remote.origin.uploadpack", join(tools, "upload-pack"));
}

/** Everything about a checkout that a person could see changed: files, index, HEAD and branches. */
export function picture(dir: string) {
  const ask = (...args: string[]) => gitIn(dir, ...args);
  const submodules = ask("ls-files", "--stage")
    .split("\n")
    .filter((line) => line.startsWith("160000"))
    .map((line) => line.slice(line.indexOf("\t") + 1));
  return {
    files: readTree(dir),
    index: ask("ls-files", "--stage"),
    status: ask("status", "--porcelain", "--ignored", "--untracked-files=all"),
    head: readFileSync(join(ask("rev-parse", "--absolute-git-dir"), "HEAD"), "utf8"),
    branches: ask("for-each-ref", "refs/heads", "refs/tags", "refs/remotes"),
    upstreams: configOf(dir),
    submodules: submodules.map((path) => lookInto(join(dir, path))),
  };
}

/** An unused submodule is an empty folder: git would answer for the checkout around it. */
function lookInto(dir: string) {
  if (!readdirSync(dir).includes(".git")) return null;
  const ask = (...args: string[]) => gitIn(dir, ...args);
  return {
    head: readFileSync(join(ask("rev-parse", "--absolute-git-dir"), "HEAD"), "utf8"),
    index: ask("ls-files", "--stage"),
    branches: ask("for-each-ref", "refs/heads"),
  };
}

function configOf(dir: string): string {
  try {
    return gitIn(dir, "config", "--get-regexp", "^branch\\.");
  } catch {
    return "";
  }
}

function readTree(dir: string, below = ""): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name } of readdirSync(join(dir, below), { withFileTypes: true })) {
    if (name === ".git") continue;
    const path = join(below, name);
    const entry = lstatSync(join(dir, path));
    if (entry.isDirectory()) Object.assign(files, readTree(dir, path));
    else if (entry.isSymbolicLink()) files[path] = `-> ${readlinkSync(join(dir, path))}`;
    else
      files[path] = `${entry.mode & 0o111 ? "x" : "-"} ${readFileSync(join(dir, path), "latin1")}`;
  }
  return files;
}
