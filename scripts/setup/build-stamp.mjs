import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const FOLDERS = ["app", "bin", "components", "lib", "public"];
const FILES = ["scripts/apps.json", "scripts/build.mjs"];
const CONFIG_FILE = /\.(ts|mjs|json)$/;
const NOT_BUILT = /\.test\.tsx?$|^next-env\.d\.ts$/;

/** Lies in what was built, so that it cannot outlive it. @param {string} root */
const stampPath = (root) => join(root, ".next", "standalone", ".source-hash");

/** One hash over everything the build reads. @param {string} root */
export function hashSources(root) {
  const inRoot = readdirSync(root).filter((name) => CONFIG_FILE.test(name));
  const inFolders = FOLDERS.flatMap((folder) => filesBelow(join(root, folder)));
  const paths = [...inRoot, ...FILES, ...inFolders.map((path) => relative(root, path))];
  const hash = createHash("sha256");
  for (const path of paths.filter((name) => !NOT_BUILT.test(name)).sort()) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** @param {string} root @param {string} hash */
export function writeStamp(root, hash) {
  writeFileSync(stampPath(root), hash);
}

/** @param {string} root */
export function isBuildCurrent(root) {
  try {
    return readFileSync(stampPath(root), "utf8") === hashSources(root);
  } catch {
    return false;
  }
}
