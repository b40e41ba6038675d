import type { Commit } from "@/lib/contract/updates";
import type { Git } from "./adapters/git";
import type { Pip } from "./adapters/pip";
import type { Ref, RemoteRefs } from "./adapters/remote-refs";
import { withDeadline } from "./answers";
import { askSource } from "./check-failure";
import { type Installed, type ReadPackages, readInstalled } from "./installed";
import { findOwnSource, type SourceDirs } from "./update-sources";

const DEADLINE_MS = 20_000;
const MOST_VERSIONS = 100;

export type RefTools = {
  git: Pick<Git, "inspect">;
  refs: RemoteRefs;
  pip: Pick<Pip, "versions">;
};

/** Everything an update may go to, newest first; what does not apply to a service is empty. */
export type UpdateRefs = {
  branches: Ref[];
  tags: Ref[];
  versions: string[];
  /** What the checkout has been at. */
  commits: Commit[];
};

const NOTHING: UpdateRefs = { branches: [], tags: [], versions: [], commits: [] };

export function createUpdateRefs(deps: {
  /** Programs that end when the signal says so. */
  tools: (signal: AbortSignal) => RefTools;
  readPackages: ReadPackages;
  dirs: SourceDirs;
  deadlineMs?: number;
}) {
  const deadlineMs = deps.deadlineMs ?? DEADLINE_MS;

  async function refsOf(installed: Installed, name: string, tools: RefTools): Promise<UpdateRefs> {
    if (installed.kind === "pip") {
      const versions = await tools.pip.versions(installed.venvDir, name);
      return { ...NOTHING, versions: versions.slice(0, MOST_VERSIONS) };
    }
    const { refs } = tools;
    const [remote, commits] = await Promise.all([
      refs.list(installed.checkout),
      refs.history(installed.checkout.dir),
    ]);
    return { ...NOTHING, ...remote, commits };
  }

  return {
    /** Throws `unavailable` where the source does not answer in time. */
    async list(name: string): Promise<UpdateRefs> {
      const { source } = findOwnSource(name);
      const { readPackages, dirs } = deps;
      const installed = await withDeadline(
        (signal) => readInstalled(source, dirs, { ...deps.tools(signal), readPackages }),
        deadlineMs,
      );
      if (!installed) return NOTHING;
      const packageName = source.kind === "pip" ? source.package : "";
      const ask = (signal: AbortSignal) => refsOf(installed, packageName, deps.tools(signal));
      return askSource(installed, ask, deadlineMs);
    },
  };
}
