import type { PackageChange } from "@/lib/contract/updates";

const MB = 1024 * 1024;
/** Beside what an update writes: logs, the snapshot, and room for the service itself. */
const RESERVE = 200 * MB;
/** For a package that is not here yet, whose size nobody tells beforehand. */
const NEW_PACKAGE = 20 * MB;
/** Where it is not known which packages change. */
const UNKNOWN_PACKAGES = 1024 * MB;

export type DiskFacts = {
  /** Null where only the job will know. */
  packages: readonly PackageChange[] | null;
  /** Of those that change, as they are installed now. */
  packageBytes: number;
  /** Of the files that change, as they are now. */
  treeBytes: number;
  /** Of the built web pages with all that they were built from; 0 where they are not built anew. */
  webUiBytes: number;
  /** Of the database that the snapshot copies. */
  databaseBytes: number;
};

export const NO_DISK: DiskFacts = {
  packages: [],
  packageBytes: 0,
  treeBytes: 0,
  webUiBytes: 0,
  databaseBytes: 0,
};

/**
 * A rough upper bound of what an update needs while it is at work: the old of everything is kept
 * until the new is found good, so that whatever changes is there twice over.
 */
export function estimateBytes(facts: DiskFacts): number {
  const { packages, packageBytes, treeBytes, webUiBytes, databaseBytes } = facts;
  const unknown =
    packages === null
      ? UNKNOWN_PACKAGES
      : packages.filter(({ from }) => from === null).length * NEW_PACKAGE;
  return RESERVE + 2 * (packageBytes + treeBytes + webUiBytes) + unknown + databaseBytes;
}

/** As in "1.2 GB", "340 MB". */
export function formatBytes(bytes: number): string {
  if (bytes >= 1024 * MB) return `${(bytes / (1024 * MB)).toFixed(1)} GB`;
  return `${Math.max(1, Math.round(bytes / MB))} MB`;
}
