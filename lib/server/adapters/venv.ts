import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { orNull } from "./file-presence";

const AT_ONCE = 32;
const METADATA = /\.(dist-info|egg-info|egg-link)$/;

export type InstalledPackage = {
  /** As PEP 503 writes it: lower case, with single dashes. */
  name: string;
  version: string;
  /** Its *.dist-info or *.egg-info folder, or the one file that takes its place. */
  metadataDir: string;
  /** The folder whose files are used where they lie; null where it was copied into the environment. */
  editable: string | null;
  /** Where it came from if not from an index, as PEP 610 tells: a checkout, a folder, an archive. */
  origin: string | null;
  /** "pip", "uv"; null where nothing tells. */
  installer: string | null;
};

export type Packages = Map<string, InstalledPackage>;

export function venvPython(venvDir: string): string {
  return join(venvDir, "bin", "python");
}

export function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/**
 * The environment's own packages by their normalised name, read from its files alone: those of the
 * system and of other folders on its path do not count. Empty where there is no environment.
 */
export async function readPackages(venvDir: string): Promise<Packages> {
  const packages: Packages = new Map();
  for (const folder of await findSitePackages(venvDir)) {
    const entries = (await listFolder(folder)).filter(isMetadata).sort();
    for (let start = 0; start < entries.length; start += AT_ONCE) {
      const part = entries.slice(start, start + AT_ONCE);
      for (const found of await Promise.all(part.map((entry) => readPackage(folder, entry))))
        if (found) packages.set(found.name, found);
    }
  }
  return packages;
}

/** The folders that the environment's Python takes packages from: one, or two where lib64 is apart. */
export async function findSitePackages(venvDir: string): Promise<string[]> {
  const wanted = await readPythonVersion(venvDir);
  const found = new Map<string, { python: string; folder: string }>();
  for (const lib of ["lib", "lib64"]) {
    for (const python of await listFolder(join(venvDir, lib))) {
      const folder = join(venvDir, lib, python, "site-packages");
      const real = python.startsWith("python") && (await orNull(realpath(folder), folder));
      if (real && !found.has(real)) found.set(real, { python, folder });
    }
  }
  const all = [...found.values()];
  const own = all.filter(({ python }) => python === `python${wanted}`);
  return (own.length > 0 ? own : all).map(({ folder }) => folder);
}

/** "3.11", as pyvenv.cfg says; null where it does not. */
async function readPythonVersion(venvDir: string): Promise<string | null> {
  const path = join(venvDir, "pyvenv.cfg");
  const text = await orNull(readFile(path, "utf8"), path);
  return text?.match(/^version(?:_info)?\s*=\s*(\d+\.\d+)/m)?.[1] ?? null;
}

/** What begins with "~" is left of a removal that was cut short. */
function isMetadata(entry: string): boolean {
  return METADATA.test(entry) && !entry.startsWith("~");
}

/** Null for one that is not whole: Python does not take it for a package either. */
async function readPackage(folder: string, entry: string): Promise<InstalledPackage | null> {
  const path = join(folder, entry);
  if (entry.endsWith(".egg-link")) return readEggLink(path);
  const about = await readAbout(path);
  if (about === null) return null;
  const [direct, installer] = await Promise.all([
    readDirectUrl(path),
    readText(join(path, "INSTALLER")),
  ]);
  return { ...about, metadataDir: path, ...direct, installer: installer?.trim() || null };
}

async function readAbout(path: string): Promise<{ name: string; version: string } | null> {
  for (const file of ["METADATA", "PKG-INFO", ""]) {
    const about = parseAbout((await readText(join(path, file))) ?? "");
    if (about) return about;
  }
  return null;
}

function parseAbout(text: string): { name: string; version: string } | null {
  const [head = ""] = text.split(/\r?\n\r?\n/, 1);
  const name = head.match(/^Name:[ \t]*(\S+)/m)?.[1];
  const version = head.match(/^Version:[ \t]*(\S+)/m)?.[1];
  return name && version ? { name: normalizeName(name), version } : null;
}

/** The way "setup.py develop" links a folder: a file that names it. */
async function readEggLink(path: string): Promise<InstalledPackage | null> {
  const folder = (await readText(path))?.split(/\r?\n/, 1)[0]?.trim();
  if (!folder) return null;
  for (const entry of await listFolder(folder).catch(() => [])) {
    const about = entry.endsWith(".egg-info") && (await readAbout(join(folder, entry)));
    if (about)
      return { ...about, metadataDir: path, editable: folder, origin: folder, installer: null };
  }
  return null;
}

async function readDirectUrl(path: string) {
  const text = await readText(join(path, "direct_url.json"));
  try {
    const { url, dir_info } = JSON.parse(text ?? "{}");
    if (typeof url !== "string") return { editable: null, origin: null };
    return { editable: dir_info?.editable === true ? fileURLToPath(url) : null, origin: url };
  } catch {
    return { editable: null, origin: null };
  }
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

async function listFolder(folder: string): Promise<string[]> {
  return (await orNull(readdir(folder), folder)) ?? [];
}
