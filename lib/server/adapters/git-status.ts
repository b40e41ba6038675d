import { join } from "node:path";
import { AppError } from "../errors";
import { type GitCommand, nulSeparated } from "./git-command";
import type { TreeEntry } from "./git-tree";

/** A tracked path with edits. */
export type Edit = {
  path: string;
  isStaged: boolean;
  /** The work tree differs from the index. */
  isUnstaged: boolean;
  isConflict: boolean;
  index: TreeEntry;
  /** Of a submodule: it is at another commit, or has edits of its own. Null for a file. */
  submodule: { isMoved: boolean; isEdited: boolean } | null;
};

export type Status = { head: string; branch: string | null; edits: Edit[] };

const COMMAND = [
  "status",
  "--porcelain=v2",
  "-z",
  "--branch",
  "--no-ahead-behind",
  "--no-renames",
  "--untracked-files=no",
  "--ignore-submodules=untracked",
];

/** HEAD and the edits of tracked files; untracked ones are not looked at. */
export async function readStatus(git: GitCommand, dir: string): Promise<Status> {
  const lines = nulSeparated(await git.text(dir, COMMAND));
  const headers = new Map(
    lines.filter((line) => line.startsWith("# ")).map((line) => splitOnce(line.slice(2), " ")),
  );
  const head = headers.get("branch.oid") ?? "(initial)";
  if (head === "(initial)") throw new AppError("conflict", `${dir} has no commit yet.`);
  const branch = headers.get("branch.head") ?? "(detached)";
  return {
    head,
    branch: branch === "(detached)" ? null : branch,
    edits: lines.filter((line) => /^[1u] /.test(line)).map(parseEdit),
  };
}

/** "1 XY sub mH mI mW hH hI path", or "u XY sub m1 m2 m3 mW h1 h2 h3 path" in a conflict. */
function parseEdit(line: string): Edit {
  const isConflict = line.startsWith("u");
  const fields = line.split(" ");
  const [, xy = "..", sub = "N...", , mode = "", , , sha = ""] = fields;
  return {
    path: fields.slice(isConflict ? 10 : 8).join(" "),
    isStaged: xy[0] !== ".",
    isUnstaged: xy[1] !== ".",
    isConflict,
    index: { mode, sha },
    submodule: sub.startsWith("S") ? { isMoved: sub[1] === "C", isEdited: sub[2] === "M" } : null,
  };
}

/** Tracked files with edits, those inside submodules too. */
export async function listEdits(git: GitCommand, dir: string, edits: Edit[]): Promise<string[]> {
  const paths = await Promise.all(edits.map((edit) => expand(git, dir, edit)));
  return paths.flat().sort();
}

async function expand(git: GitCommand, dir: string, edit: Edit): Promise<string[]> {
  if (!edit.submodule) return [edit.path];
  const own = edit.isStaged || edit.submodule.isMoved ? [edit.path] : [];
  if (!edit.submodule.isEdited) return own;
  const inside = join(dir, edit.path);
  const { edits } = await readStatus(git, inside);
  const paths = await listEdits(git, inside, edits);
  return [...own, ...paths.map((path) => `${edit.path}/${path}`)];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
