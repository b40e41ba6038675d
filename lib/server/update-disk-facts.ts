import { join } from "node:path";
import type { Installed, ReadPackages } from "./installed";
import type { DiskFacts } from "./update-disk";
import type { FoundPackages } from "./update-packages";

export type MeasureDeps = {
  readPackages: ReadPackages;
  recordedSize: (metadataDir: string) => Promise<number>;
  sizeOfFiles: (dir: string, paths: readonly string[]) => Promise<number>;
  /** Of a folder with all that is in it. */
  sizeOfTree: (dir: string) => Promise<number>;
  freeBytes: (path: string) => Promise<number | null>;
};

/** What the parts that an update replaces take on the disk now. */
export async function measure(
  deps: MeasureDeps,
  change: {
    installed: Installed;
    changedFiles: readonly string[];
    packages: FoundPackages["packages"];
    /** The folder of the web pages that are built anew. */
    webUiDir: string | null;
    databasePath: string | null;
  },
): Promise<DiskFacts> {
  const { installed, packages, webUiDir, databasePath } = change;
  const repoDir = installed.kind === "git" ? installed.repoDir : null;
  const [packageBytes, treeBytes, webUiBytes, databaseBytes] = await Promise.all([
    installed.venvDir ? sizeOfPackages(deps, installed.venvDir, packages ?? []) : 0,
    repoDir ? deps.sizeOfFiles(repoDir, change.changedFiles) : 0,
    webUiDir ? sizeOfBuild(deps, webUiDir) : 0,
    databasePath ? deps.sizeOfFiles("/", [databasePath]) : 0,
  ]);
  return { packages, packageBytes, treeBytes, webUiBytes, databaseBytes };
}

async function sizeOfPackages(
  { readPackages, recordedSize }: MeasureDeps,
  venvDir: string,
  changes: readonly { name: string }[],
): Promise<number> {
  if (changes.length === 0) return 0;
  const installed = await readPackages(venvDir);
  const sizes = changes.map(({ name }) => {
    const known = installed.get(name);
    return known ? recordedSize(known.metadataDir) : 0;
  });
  return sum(await Promise.all(sizes));
}

async function sizeOfBuild({ sizeOfTree }: MeasureDeps, dir: string): Promise<number> {
  const folders = ["node_modules", ".next"].map((folder) => sizeOfTree(join(dir, folder)));
  return sum(await Promise.all(folders));
}

/** Of the fullest file system among the folders; null where none can be asked. */
export async function leastFree(
  { freeBytes }: Pick<MeasureDeps, "freeBytes">,
  dirs: readonly (string | null)[],
): Promise<number | null> {
  const asked = dirs.map((dir) => (dir === null ? null : freeBytes(dir)));
  const known = (await Promise.all(asked)).filter((bytes) => bytes !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
