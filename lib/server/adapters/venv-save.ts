import { mkdir, open, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { AppError } from "../errors";
import { explainResult, type Runner } from "./command";
import { writeDurably } from "./durable-file";
import { explainFault, faultCode } from "./file-faults";
import { syncFolder } from "./folder-sync";
import type { PipCommand } from "./pip-command";
import type { Resolution } from "./pip-plan";
import { wheelFolder } from "./pip-stage";
import { findSitePackages, normalizeName, type Packages, readPackages } from "./venv";
import { type FileFacts, listFiles, listNames, readFacts, readTrees } from "./venv-manifest";
import { isInside, recordedFiles } from "./venv-record";
import { listWheelWrites } from "./venv-wheels";

/** What there was before an installation; paths are in the environment. */
export type Saved = {
  /** Normalised names of the packages that the installation changes. */
  names: string[];
  /** Metadata folders of all others. */
  others: string[];
  /** Every file in site-packages and bin, and each that the installation may touch elsewhere. */
  files: [path: string, facts: FileFacts][];
  /** What the installation may write or remove, there or not. */
  touched: string[];
  /** Folders of those that were not there. */
  newFolders: string[];
  /** Metadata folders of the packages that the installation changes. */
  metadata: string[];
  /** What an earlier pip left half removed. */
  leftovers: string[];
};

export function savedPlaces(stageDir: string) {
  const dir = join(stageDir, "saved");
  return {
    dir,
    manifest: join(dir, "manifest.json"),
    archive: join(dir, "files.tar"),
    marker: join(dir, "complete"),
  };
}

/** Null unless all of it was saved. */
export async function readSaved(stageDir: string): Promise<Saved | null> {
  const { manifest, marker } = savedPlaces(stageDir);
  try {
    await stat(marker);
    return JSON.parse(await readFile(manifest, "utf8"));
  } catch (error) {
    if (faultCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Keeps what the installation will touch. One that is complete already stays: what is there now may be half installed. */
export async function saveFiles(
  { run, python }: { run: Runner; python: PipCommand["python"] },
  venvDir: string,
  { resolution, stageDir }: { resolution: Resolution; stageDir: string },
): Promise<void> {
  const places = savedPlaces(stageDir);
  try {
    if (await readSaved(stageDir)) return;
    await rm(places.dir, { recursive: true, force: true });
    await mkdir(places.dir, { recursive: true });
    const root = await realpath(venvDir);
    const written = await listWheelWrites({ python }, { root, wheelDir: wheelFolder(stageDir) });
    const saved = await look(root, resolution, written);
    await writeDurably(places.manifest, JSON.stringify(saved));
    await archive(run, root, { saved, to: places.archive });
    await writeDurably(places.marker, "");
    await syncFolder(stageDir);
  } catch (error) {
    throw explainFault(error, places.dir);
  }
}

async function look(root: string, resolution: Resolution, written: string[]): Promise<Saved> {
  const packages = await readPackages(root);
  const names = new Set([
    ...resolution.install.map(({ name }) => normalizeName(name)),
    ...resolution.remove,
  ]);
  const { own, others } = await split(root, packages, names);
  const recorded = await Promise.all(own.map((found) => recordedFiles(root, found)));
  const sites = await realSites(root);
  const loose = await looseFiles(root, sites);
  const direct = [...new Set([...recorded.flat(), ...written, ...loose])];
  const touched = [...new Set([...direct, ...(await compiledFiles(root, direct))])];
  const all = await readTrees(root, [...sites, "bin"]);
  const elsewhere = await readFacts(
    root,
    touched.filter((path) => !all.has(path)),
  );
  const folders = foldersOf(touched);
  return {
    names: [...names],
    others,
    files: [...all, ...elsewhere],
    touched,
    newFolders: await missingFolders(root, folders),
    metadata: own.map(({ metadataDir }) => relative(root, metadataDir)),
    leftovers: await findLeftovers(root, folders),
  };
}

/** As paths in the environment, behind links. */
async function realSites(root: string): Promise<string[]> {
  const sites = await Promise.all((await findSitePackages(root)).map((dir) => realpath(dir)));
  return sites.map((dir) => relative(root, dir)).filter(isInside);
}

async function split(root: string, packages: Packages, names: ReadonlySet<string>) {
  const all = [...packages].map(([name, found]) => ({ name, found }));
  return {
    own: all.filter(({ name }) => names.has(name)).map(({ found }) => found),
    others: all
      .filter(({ name }) => !names.has(name))
      .map(({ found }) => relative(root, found.metadataDir)),
  };
}

/** Lists of links, which pip edits, and the commands, which packages may take from each other. */
async function looseFiles(root: string, sites: string[]): Promise<string[]> {
  const top = await Promise.all(
    sites.map(async (site) => (await listNames(join(root, site))).map((name) => join(site, name))),
  );
  return top.flat().filter((path) => /\.(pth|egg-link)$/.test(path));
}

/** What Python made of sources beside them. */
export async function compiledFiles(root: string, paths: readonly string[]): Promise<string[]> {
  const sources = paths.filter((path) => path.endsWith(".py"));
  const folders = new Set(sources.map((path) => join(dirname(path), "__pycache__")));
  return (await Promise.all([...folders].map((folder) => listFiles(root, folder)))).flat();
}

export function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let dir = dirname(path); dir !== "." && !folders.has(dir); dir = dirname(dir)) {
      folders.add(dir);
    }
  }
  return [...folders];
}

async function missingFolders(root: string, folders: string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await stat(join(root, folder)).catch(() => null))?.isDirectory(),
    ),
  );
  return folders.filter((_, index) => !found[index]);
}

/** pip moves a folder aside as "~" and the end of its name, in as many letters, before it removes it. */
export async function findLeftovers(root: string, folders: readonly string[]): Promise<string[]> {
  const parents = [...new Set(folders.map((folder) => dirname(folder)))];
  const lengths = new Set(folders.map((folder) => `${dirname(folder)}/${basename(folder).length}`));
  const found = await Promise.all(
    parents.map(async (parent) =>
      (await listNames(join(root, parent)))
        .filter((name) => name.startsWith("~") && lengths.has(`${parent}/${name.length}`))
        .map((name) => join(parent, name)),
    ),
  );
  return found.flat();
}

async function archive(
  run: Runner,
  root: string,
  { saved, to }: { saved: Saved; to: string },
): Promise<void> {
  const touched = new Set(saved.touched);
  const there = saved.files.map(([path]) => path).filter((path) => touched.has(path));
  const options = ["--create", "--format=posix", "--hard-dereference", "--no-recursion"];
  await tar(run, [...options, "--file", to, "--directory", root], { paths: there, place: to });
  const file = await open(to, "r");
  await file.sync().finally(() => file.close());
}

/** Runs tar on exactly these paths. */
export async function tar(
  run: Runner,
  args: string[],
  { paths, place }: { paths: readonly string[]; place: string },
): Promise<void> {
  // The dots tell whoever waits that it is still at work.
  const progress = ["--checkpoint=1000", "--checkpoint-action=dot"];
  const list = ["--null", "--verbatim-files-from", "--files-from=-"];
  const options = { quiet: true, input: paths.map((path) => `${path}\0`).join("") };
  const result = await run("tar", [...args, ...progress, ...list], options);
  if (result.ok) return;
  if (/No space left|Disk quota|Wrote only/.test(result.stderr)) throw fullDisk();
  const why =
    result.cancelled || result.timedOut ? explainResult(result) : firstLine(result.stderr);
  throw new AppError("conflict", `The packages' files could not be copied (${place}): ${why}`);
}

function fullDisk(): Error {
  return Object.assign(new Error("tar found the disk full"), { code: "ENOSPC" });
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.startsWith("tar:")) ?? "tar did not say why.";
}
