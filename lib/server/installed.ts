import type { Checkout, Git } from "./adapters/git";
import { locate, type OwnSource, type SourceDirs } from "./update-sources";

/** What is there of a service that is updated here. */
export type Installed =
  | { kind: "git"; repoDir: string; venvDir: string | null; checkout: Checkout }
  | { kind: "pip"; venvDir: string; version: string };

export type ReadPackages = (
  venvDir: string,
) => Promise<ReadonlyMap<string, { version: string; metadataDir: string }>>;

/** Read from the disk alone; null where it is not installed. */
export async function readInstalled(
  source: OwnSource,
  dirs: SourceDirs,
  { git, readPackages }: { git: Pick<Git, "inspect">; readPackages: ReadPackages },
): Promise<Installed | null> {
  const { repoDir, venvDir } = await locate(source, dirs);
  if (source.kind === "git") {
    const checkout = repoDir === null ? null : await git.inspect(repoDir);
    return checkout && { kind: "git", repoDir: checkout.dir, venvDir, checkout };
  }
  if (venvDir === null) return null;
  const installed = (await readPackages(venvDir)).get(source.package);
  return installed ? { kind: "pip", venvDir, version: installed.version } : null;
}

/** What `exactOf` says of it, and no more than that: the boot waits for the answer. */
export async function readExact(
  source: OwnSource,
  dirs: SourceDirs,
  { git, readPackages }: { git: Pick<Git, "head">; readPackages: ReadPackages },
): Promise<string | null> {
  const { repoDir, venvDir } = await locate(source, dirs);
  if (source.kind === "git") return repoDir && git.head(repoDir);
  const packages = venvDir === null ? null : await readPackages(venvDir);
  return packages?.get(source.package)?.version ?? null;
}

export function labelOf(installed: Installed): string {
  return installed.kind === "git" ? installed.checkout.label : installed.version;
}

/** The full commit, or the version. */
export function exactOf(installed: Installed): string {
  return installed.kind === "git" ? installed.checkout.head : installed.version;
}
