import { access } from "node:fs/promises";
import { join } from "node:path";
import type { PackageChange } from "@/lib/contract/updates";
import type { Git } from "./adapters/git";
import type { Pip, Resolution } from "./adapters/pip";
import { withTempFolder } from "./adapters/temp-folder";
import { withDeadline } from "./answers";
import { sayFailure } from "./check-failure";

export type PackageTools = {
  git: Pick<Git, "exportTree">;
  pip: Pick<Pip, "resolve" | "resolveBack">;
};
/** Null where only the job will know; `error` then says why. */
export type FoundPackages = { packages: PackageChange[] | null; error: string | null };
export type FindPackages = ReturnType<typeof createFindPackages>;

const NOTHING: FoundPackages = { packages: [], error: null };

/** Which packages an update would change, found out without changing any, as far as time allows. */
export function createFindPackages(deps: {
  tools: (signal: AbortSignal) => PackageTools;
  deadlineMs: number;
  /** Gets what is a bug. */
  report: (error: unknown) => void;
}) {
  async function find(
    ask: (tools: PackageTools) => Promise<Resolution | null>,
  ): Promise<FoundPackages> {
    try {
      const resolution = await withDeadline((signal) => ask(deps.tools(signal)), deps.deadlineMs);
      return resolution ? { packages: resolution.changes, error: null } : NOTHING;
    } catch (error) {
      const sentence = sayFailure(error);
      if (sentence === null) deps.report(error);
      return { packages: null, error: sentence ?? "they could not be found out." };
    }
  }

  return {
    none: NOTHING,

    /** Of the requirement files in the tree of a commit. */
    ofTree: (wish: {
      repoDir: string;
      sha: string;
      requirements: readonly string[];
      venvDir: string;
      constraints: string | null;
    }) =>
      find(({ git, pip }) =>
        withTempFolder(async (tree) => {
          await git.exportTree(wish.repoDir, wish.sha, tree);
          const requirements = await thoseIn(tree, wish.requirements);
          if (requirements.length === 0) return null;
          const wanted = { requirements, cwd: tree };
          return pip.resolve(wish.venvDir, wanted, { constraints: wish.constraints });
        }),
      ),

    /** Of one package at an exact version. */
    ofVersion: (wish: { venvDir: string; spec: string; constraints: string | null }) =>
      find(({ pip }) =>
        pip.resolve(wish.venvDir, { spec: wish.spec }, { constraints: wish.constraints }),
      ),

    /** Of undoing what earlier updates changed. */
    ofUndoing: (venvDir: string, changes: readonly PackageChange[]) =>
      find(({ pip }) => pip.resolveBack(venvDir, changes)),
  };
}

async function thoseIn(dir: string, files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) =>
      access(join(dir, file)).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return found.flat();
}
