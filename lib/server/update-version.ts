import type { Pip } from "./adapters/pip";
import type { ExactTarget } from "./update-record";
import type { Aim } from "./update-tree";
import { compareVersions, isExactVersion } from "./version-order";

export type VersionPip = Pick<Pip, "versions" | "newest">;
export type VersionChange = {
  target: ExactTarget | null;
  targetError: string | null;
  isDowngrade: boolean;
};

/** Where a package goes; to where it is already where the index has nothing newer. */
export async function findVersionChange(
  pip: VersionPip,
  installed: { venvDir: string; version: string },
  { name, wanted, back }: Aim & { name: string },
): Promise<VersionChange> {
  if (back) return changeTo(back.exact, installed.version);
  if (wanted !== null) {
    const version = await findVersion(pip, installed, { name, wanted });
    if (version !== null) return changeTo(version, installed.version);
    const targetError = `There is no ${name} ${wanted} at the package index. Choose one that there is.`;
    return { target: null, targetError, isDowngrade: false };
  }
  const newest = await pip.newest(installed.venvDir, name, installed.version);
  const isNewer = newest !== null && (compareVersions(newest, installed.version) ?? 0) > 0;
  return changeTo(isNewer ? newest : installed.version, installed.version);
}

/** As the index writes it. */
async function findVersion(
  pip: VersionPip,
  { venvDir, version }: { venvDir: string; version: string },
  { name, wanted }: { name: string; wanted: string },
): Promise<string | null> {
  if (!isExactVersion(wanted)) return null;
  if (compareVersions(wanted, version) === 0) return version;
  const versions = await pip.versions(venvDir, name);
  return versions.find((one) => compareVersions(one, wanted) === 0) ?? null;
}

function changeTo(version: string, installed: string): VersionChange {
  return {
    target: { exact: version, branch: null, label: version },
    targetError: null,
    isDowngrade: (compareVersions(version, installed) ?? 0) < 0,
  };
}
