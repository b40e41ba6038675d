import { access } from "node:fs/promises";
import { join } from "node:path";
import type { PackageChange } from "@/lib/contract/updates";
import { askSource } from "./check-failure";
import { exactOf, type Installed, type ReadPackages } from "./installed";
import { type MeasureDeps, measure } from "./update-disk-facts";
import type { FindPackages, FoundPackages } from "./update-packages";
import type { ChangeFacts } from "./update-plan-facts";
import type { OwnSource } from "./update-sources";
import { type Aim, findTreeChange, NO_CHANGE, type TreeChange, type TreeGit } from "./update-tree";
import { findVersionChange, type VersionPip } from "./update-version";

export type ChangeTools = { git: TreeGit; pip: VersionPip };

export type ChangeWish = Aim & {
  name: string;
  source: OwnSource;
  /** What a rollback undoes; null for an update. */
  packages: readonly PackageChange[] | null;
  /** All packages and pages are made again, also those that seem to be there. */
  mends: boolean;
};

/** Finds out what would change, without changing it. */
export function createFindChange(deps: {
  /** Programs that end when the signal says so. */
  tools: (signal: AbortSignal) => ChangeTools;
  findPackages: FindPackages;
  readPackages: ReadPackages;
  /** The constraints that the image was built with; null where it has none. */
  constraintsOf: (name: string) => Promise<string | null>;
  databaseOf: (name: string) => string | null;
  measure: Omit<MeasureDeps, "readPackages">;
  deadlineMs: number;
}) {
  const { findPackages } = deps;

  async function findAtSource(
    installed: Installed,
    wish: ChangeWish,
    { git, pip }: ChangeTools,
  ): Promise<TreeChange> {
    const { source } = wish;
    if (installed.kind === "git")
      return findTreeChange(git, installed, { ...wish, requirements: requirementsOf(source) });
    const change = await findVersionChange(pip, installed, { ...wish, name: packageOf(source) });
    return { ...NO_CHANGE, ...change, changedFiles: [] };
  }

  async function findAllPackages(
    installed: Installed,
    { target, requirementsChanged }: TreeChange,
    { name, source, packages, back, mends }: ChangeWish,
  ): Promise<FoundPackages> {
    const { venvDir } = installed;
    if (target === null || venvDir === null) return findPackages.none;
    if (back) return packages ? findPackages.ofUndoing(venvDir, packages) : findPackages.none;
    const constraints = await deps.constraintsOf(name);
    if (installed.kind === "git") {
      if (!requirementsChanged && !mends) return findPackages.none;
      const place = { repoDir: installed.repoDir, sha: target.exact, venvDir, constraints };
      return findPackages.ofTree({ ...place, requirements: requirementsOf(source) });
    }
    if (target.exact === exactOf(installed) && !mends) return findPackages.none;
    const spec = `${packageOf(source)}==${target.exact}`;
    return findPackages.ofVersion({ venvDir, spec, constraints });
  }

  return async function findChange(installed: Installed, wish: ChangeWish): Promise<ChangeFacts> {
    const { changedFiles, ...told } = await askSource(
      installed,
      (signal) => findAtSource(installed, wish, deps.tools(signal)),
      deps.deadlineMs,
    );
    const found = await findAllPackages(installed, { changedFiles, ...told }, wish);
    const webUiDir = await findWebUi(installed, changedFiles, wish);
    const disk = await measure(
      { ...deps.measure, readPackages: deps.readPackages },
      {
        installed,
        changedFiles,
        packages: found.packages,
        webUiDir,
        databasePath: deps.databaseOf(wish.name),
      },
    );
    return { ...told, packagesError: found.error, buildsWebUi: webUiDir !== null, disk };
  };
}

/** Where the pages are built now, and would have to be built again. */
async function findWebUi(
  installed: Installed,
  changedFiles: readonly string[],
  { source, mends }: ChangeWish,
): Promise<string | null> {
  if (installed.kind !== "git" || source.kind !== "git" || source.webUi === null) return null;
  const folder = source.webUi;
  if (!mends && !changedFiles.some((file) => file.startsWith(`${folder}/`))) return null;
  const dir = join(installed.repoDir, folder);
  return access(join(dir, ".next")).then(
    () => dir,
    () => null,
  );
}

function requirementsOf(source: OwnSource): string[] {
  return source.kind === "git" ? source.requirements : [];
}

function packageOf(source: OwnSource): string {
  if (source.kind !== "pip") throw new Error("only a package has a name at the index");
  return source.package;
}
