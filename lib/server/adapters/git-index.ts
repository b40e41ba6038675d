import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CommandOptions } from "./command";
import { faultCode } from "./file-faults";
import { type GitCommand, nulSeparated } from "./git-command";
import { gitDirOf } from "./git-repository";
import type { TreeEntry } from "./git-tree";

export type ScratchIndex = ReturnType<typeof openIndex>;

/** Works with a copy of the index, so that nobody sees it and the index stays as it is. */
export async function withIndex<T>(
  git: GitCommand,
  dir: string,
  work: (index: ScratchIndex) => Promise<T>,
): Promise<T> {
  const gitDir = await gitDirOf(git, dir);
  await mkdir(join(gitDir, "controlpilot"), { recursive: true });
  const path = join(gitDir, "controlpilot", `index-${randomUUID()}`);
  try {
    await copyIndex(join(gitDir, "index"), path);
    return await work(openIndex(git, dir, path));
  } finally {
    await Promise.all([path, `${path}.lock`].map((file) => rm(file, { force: true })));
  }
}

async function copyIndex(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (faultCode(error) !== "ENOENT") throw error;
  }
}

function openIndex(git: GitCommand, dir: string, path: string) {
  const env = { GIT_INDEX_FILE: path };

  function text(args: string[], options: CommandOptions = {}): Promise<string> {
    return git.text(dir, args, { ...options, env: { ...env, ...options.env } });
  }

  return {
    text,
    path,

    /** Becomes the tree; what the copy knew about unchanged files saves reading them. */
    async load(treeish: string): Promise<void> {
      await text(["read-tree", "--reset", treeish]);
    },

    /** Files that are not on disk as they are here. */
    async listDiffering(): Promise<Set<string>> {
      await git.ask(dir, ["update-index", "-q", "--refresh"], { env });
      const args = ["diff-files", "-z", "--name-only", "--ignore-submodules=all"];
      return new Set(nulSeparated(await text(args)));
    },

    /** Null takes a path away. */
    async put(entries: Iterable<[string, TreeEntry | null]>): Promise<void> {
      await text(["update-index", "--replace", "-z", "--index-info"], {
        input: indexInfo(entries),
      });
    },

    /** From disk, ignored ones too. */
    async add(paths: string[]): Promise<void> {
      if (paths.length === 0) return;
      const args = ["add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul"];
      await text(args, { input: paths.join("\0") });
    },

    /** To disk, over what is there; into `prefix` where it is given. */
    async checkOut(paths: string[], prefix = ""): Promise<void> {
      if (paths.length === 0) return;
      const args = ["checkout-index", "--force", "-z", "--stdin", `--prefix=${prefix}`];
      await text(args, { input: paths.join("\0") });
    },

    async writeTree(): Promise<string> {
      return (await text(["write-tree"])).trimEnd();
    },
  };
}

/** Puts entries into the index of the checkout itself. */
export async function putEntries(
  git: GitCommand,
  dir: string,
  entries: Iterable<[string, TreeEntry | null]>,
): Promise<void> {
  await git.text(dir, ["update-index", "--replace", "-z", "--index-info"], {
    input: indexInfo(entries),
  });
  await git.ask(dir, ["update-index", "-q", "--refresh"]);
}

/** What goes first: a file can then become a folder, and the other way round. */
function indexInfo(entries: Iterable<[string, TreeEntry | null]>): string {
  const lines = [...entries].map(([path, entry]) => {
    const { mode, sha } = entry ?? { mode: "0", sha: "0".repeat(40) };
    return { goes: entry === null, line: `${mode} ${sha}\t${path}\0` };
  });
  const [going, coming] = [lines.filter(({ goes }) => goes), lines.filter(({ goes }) => !goes)];
  return [...going, ...coming].map(({ line }) => line).join("");
}
