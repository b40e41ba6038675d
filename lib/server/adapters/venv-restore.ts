import { readdir, realpath, rm, rmdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { AppError } from "../errors";
import type { Runner } from "./command";
import { explainFault, faultCode } from "./file-faults";
import { normalizeName, readPackages } from "./venv";
import { listFiles, readFacts } from "./venv-manifest";
import { recordedFiles } from "./venv-record";
import {
  compiledFiles,
  findLeftovers,
  foldersOf,
  readSaved,
  type Saved,
  savedPlaces,
  tar,
} from "./venv-save";

const NAMED = 20;

/** Back to what was saved, from any state. Without a complete save nothing was installed. */
export async function restoreFiles(run: Runner, venvDir: string, stageDir: string): Promise<void> {
  const saved = await readSaved(stageDir);
  if (saved === null) return;
  try {
    const root = await realpath(venvDir);
    const others = await readOthers(root, saved);
    await removeAdded(root, saved, others.files);
    await putBack(run, root, { saved, from: savedPlaces(stageDir).archive });
    await verify(root, saved, others.haveChanged);
  } catch (error) {
    throw explainFault(error, venvDir);
  }
}

/** Files of packages that somebody else installed meanwhile, whole: they are not ours to remove. */
async function readOthers(root: string, { names, others }: Saved) {
  const ours = new Set(names);
  const now = [...(await readPackages(root))].filter(([name]) => !ours.has(normalizeName(name)));
  const before = new Set(others);
  const added = now.filter(([, { metadataDir }]) => !before.has(relative(root, metadataDir)));
  const files = await Promise.all(added.map(([, found]) => recordedFiles(root, found)));
  const haveChanged = added.length > 0 || now.length !== before.size;
  return { files: new Set(files.flat()), haveChanged };
}

async function removeAdded(
  root: string,
  saved: Saved,
  foreign: ReadonlySet<string>,
): Promise<void> {
  const before = new Map(saved.files);
  const old = new Set(saved.leftovers);
  const leftovers = await findLeftovers(root, foldersOf(saved.touched));
  for (const path of leftovers.filter((path) => !old.has(path)))
    await rm(join(root, path), { recursive: true, force: true });
  const inFolders = await Promise.all(
    [...saved.newFolders, ...saved.metadata].map((folder) => listFiles(root, folder)),
  );
  const compiled = await compiledFiles(root, saved.touched);
  const candidates = new Set([...saved.touched, ...inFolders.flat(), ...compiled]);
  const added = [...candidates].filter((path) => !before.has(path) && !foreign.has(path));
  for (const path of (await readFacts(root, added)).keys()) await rm(join(root, path));
  // Folders before those that they are in.
  const folders = [...saved.newFolders].sort((left, right) => right.length - left.length);
  for (const folder of folders) await removeEmpty(join(root, folder));
}

/** With the empty folders in it. */
async function removeEmpty(dir: string): Promise<void> {
  try {
    for (const entry of await readdir(dir, { withFileTypes: true })) {
      if (entry.isDirectory()) await removeEmpty(join(dir, entry.name));
    }
    await rmdir(dir);
  } catch (error) {
    if (!["ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST"].includes(faultCode(error) ?? "")) throw error;
  }
}

async function putBack(
  run: Runner,
  root: string,
  { saved, from }: { saved: Saved; from: string },
): Promise<void> {
  const paths = await changedPaths(root, saved);
  if (paths.length === 0) return;
  await clearWay(root, paths);
  const options = ["--extract", "--preserve-permissions", "--file", from];
  await tar(run, [...options, "--directory", root], { paths, place: root });
}

/** What lies where a folder has to be again, and where a file has to be. */
async function clearWay(root: string, paths: readonly string[]): Promise<void> {
  for (const folder of foldersOf(paths)) {
    const found = await stat(join(root, folder)).catch(() => null);
    if (!found?.isDirectory()) await rm(join(root, folder), { force: true });
  }
  for (const path of paths) await rm(join(root, path), { recursive: true, force: true });
}

/** Those of the touched files that are not as they were. */
async function changedPaths(root: string, { touched, files }: Saved): Promise<string[]> {
  const before = new Map(files);
  const now = await readFacts(root, touched);
  return touched.filter((path) => before.has(path) && now.get(path) !== before.get(path));
}

async function verify(root: string, saved: Saved, haveOthersChanged: boolean): Promise<void> {
  const wrong = await changedPaths(root, saved);
  if (!haveOthersChanged) wrong.push(...(await missingFiles(root, saved)));
  if (wrong.length === 0) return;
  const more = wrong.length > NAMED ? ` and ${wrong.length - NAMED} more` : "";
  const sentence = `These files in ${root} are not as they were and could not be put back: ${wrong.slice(0, NAMED).join(", ")}${more}.`;
  throw new AppError("conflict", sentence);
}

/** What was not ours to touch, and is gone all the same. */
async function missingFiles(root: string, { touched, files }: Saved): Promise<string[]> {
  const ours = new Set(touched);
  const paths = files
    .map(([path]) => path)
    .filter((path) => !ours.has(path) && !path.endsWith(".pyc"));
  const now = await readFacts(root, paths);
  return paths.filter((path) => !now.has(path));
}
