import type { PackageChange } from "@/lib/contract/updates";
import { AppError } from "../errors";
import { isTorchFamily, listChanges } from "./package-set";
import { normalizeName, type Packages } from "./venv";

/** One package to install. `url` where it does not come from an index by its name. */
export type Install = { name: string; version: string; url: string | null };

/** What has to change in an environment: data, which the job keeps on disk. */
export type Resolution = {
  install: Install[];
  remove: string[];
  changes: PackageChange[];
  /** Wanted, and linked already: they stay as they are. */
  editable: { name: string; path: string }[];
  /** Options of the requirement files that say where packages are found. */
  options: string[];
};

/**
 * What makes the packages exactly those of the list (version by name). Throws `conflict` that names
 * those which no index can give, and the installed torch build, which is never replaced.
 */
export function planList(packages: Packages, list: ReadonlyMap<string, string>): Resolution {
  const wanted = new Map([...list].map(([name, version]) => [normalizeName(name), version]));
  const install = [...wanted]
    .filter(([name, version]) => packages.get(name)?.version !== version)
    .map(([name, version]) => ({ name, version, url: null }));
  const remove = [...packages.keys()].filter((name) => !wanted.has(name));
  refuseTorch(packages, [...install.map(({ name }) => name), ...remove]);
  refuseUnobtainable(packages, install);
  const changes = listChanges(packages, { install, remove });
  return { install, remove, changes, editable: [], options: [] };
}

function refuseUnobtainable(packages: Packages, install: Install[]): void {
  const own = install.filter(({ name, version }) => {
    return version.includes("+") || Boolean(packages.get(name)?.origin);
  });
  if (own.length === 0) return;
  const names = own.map(({ name, version }) => `${name} ${version}`).join(", ");
  const sentence = `These versions come from no index and cannot be put back: ${names}. Install them by hand first.`;
  throw new AppError("conflict", sentence);
}

function refuseTorch(packages: Packages, names: string[]): void {
  if (!packages.has("torch")) return;
  const touched = names.filter(isTorchFamily);
  if (touched.length === 0) return;
  const sentence = `This would replace ${touched.join(", ")}, and the installed torch build is never replaced. Change it by hand first.`;
  throw new AppError("conflict", sentence);
}
