import type { PackageChange } from "@/lib/contract/updates";
import { AppError } from "../errors";
import { isTorchFamily, listChanges } from "./package-set";
import { type InstalledPackage, normalizeName, type Packages } from "./venv";

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
 * What undoes these changes, of an earlier job, and touches nothing else. What is back already stays.
 * Throws `conflict` that names what somebody has changed again since, and what no index can give;
 * the installed torch build is never replaced.
 */
export function planBack(packages: Packages, changes: readonly PackageChange[]): Resolution {
  const due = changes
    .map((change) => ({ ...change, name: normalizeName(change.name) }))
    .filter(({ name, from, to }) => from !== to && from !== versionOf(packages, name));
  refuseChanged(packages, due);
  const install = due.flatMap(({ name, from }) =>
    from === null ? [] : [{ name, version: from, url: null }],
  );
  const remove = due.filter(({ from }) => from === null).map(({ name }) => name);
  refuseTorch(packages, [...install.map(({ name }) => name), ...remove]);
  refuseUnobtainable(packages, install);
  const back = listChanges(packages, { install, remove });
  return { install, remove, changes: back, editable: [], options: [] };
}

function versionOf(packages: Packages, name: string): string | null {
  return packages.get(name)?.version ?? null;
}

function refuseChanged(packages: Packages, due: readonly PackageChange[]): void {
  const sentences = due
    .map((change) => sayChanged(packages.get(change.name), change))
    .filter((sentence) => sentence !== null);
  if (sentences.length === 0) return;
  const wayOut = "What others changed is left alone: bring it back by hand first.";
  throw new AppError("conflict", [...sentences, wayOut].join(" "));
}

/** Null where it is as the job left it, which links no package. */
function sayChanged(found: InstalledPackage | undefined, { name, to }: PackageChange) {
  if (!found) return to === null ? null : `${name} was removed since: it was at ${to}.`;
  if (to === null) return `${name} was installed again since: it is at ${found.version}.`;
  if (found.version !== to)
    return `${name} was changed again since: it is at ${found.version}, not ${to}.`;
  if (found.editable === null) return null;
  return `${name} was changed again since: it is linked to ${found.editable}, not ${to} of a package index.`;
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
