import type { Comparison, Git } from "./adapters/git";
import type { Pip } from "./adapters/pip";
import { type Answer, type Ask, createAnswers } from "./answers";
import { AppError } from "./errors";
import { type Installed, type ReadPackages, readInstalled } from "./installed";
import type { ExactTarget } from "./update-record";
import type { OwnSource, SourceDirs } from "./update-sources";
import { asTarget } from "./version-order";

const LOCAL_KEPT_MS = 2000;
const ANSWER_KEPT_MS = 15 * 60_000;
const FAILURE_KEPT_MS = 60_000;

export type VersionTools = {
  git: Pick<Git, "inspect" | "newest" | "fetch" | "compare">;
  pip: Pick<Pip, "newest">;
};

/** `target` is null where the source has no version at all. */
export type Newest = { target: ExactTarget | null };

/** A service that is installed, and whether its source may be asked now. */
export type Checked = { name: string; source: OwnSource; installed: Installed; mayAsk: boolean };

/** The questions that the rows of versions are made of, each asked no more often than needed. */
export function createVersionChecks(deps: {
  /** Programs that end when the signal says so. */
  tools: (signal: AbortSignal) => VersionTools;
  readPackages: ReadPackages;
  dirs: SourceDirs;
  now: () => number;
  /** For the disk and for a source to answer. */
  deadlineMs: number;
  /** For what the newest version brings to be fetched. */
  fetchDeadlineMs: number;
  /** Gets what is a bug. */
  report: (error: unknown) => void;
}) {
  const { now, deadlineMs, fetchDeadlineMs } = deps;
  const disk = createAnswers<{ installed: Installed | null }>({
    keepMs: LOCAL_KEPT_MS,
    retryMs: LOCAL_KEPT_MS,
    deadlineMs,
    now,
  });
  const newests = createAnswers<Newest>({
    keepMs: ANSWER_KEPT_MS,
    retryMs: FAILURE_KEPT_MS,
    deadlineMs,
    now,
  });
  // Two commits differ for ever in the same way: only another pair is worth another look.
  const differences = createAnswers<Comparison>({
    keepMs: Number.POSITIVE_INFINITY,
    // What was downloaded in vain is downloaded again.
    retryMs: ANSWER_KEPT_MS,
    deadlineMs: fetchDeadlineMs,
    now,
  });

  async function askNewest({ source, installed }: Checked, tools: VersionTools): Promise<Newest> {
    if (installed.kind === "git") {
      const tip = await tools.git.newest(installed.checkout);
      return { target: asTarget(installed.checkout, tip) };
    }
    if (source.kind !== "pip") throw new Error("only a package is installed by pip");
    const exact = await tools.pip.newest(installed.venvDir, source.package, installed.version);
    return { target: exact === null ? null : { exact, branch: null, label: exact } };
  }

  async function askDifference(
    { checkout }: Extract<Installed, { kind: "git" }>,
    { exact, branch }: ExactTarget,
    { git }: VersionTools,
  ): Promise<Comparison> {
    if (checkout.head !== exact) await git.fetch(checkout, { sha: exact, branch });
    return git.compare(checkout.dir, checkout.head, exact);
  }

  function withTools<T>(ask: (tools: VersionTools) => Promise<T>): Ask<T> {
    return async (signal) => {
      try {
        return await ask(deps.tools(signal));
      } catch (error) {
        if (!(error instanceof AppError) && !signal.aborted) deps.report(error);
        throw error;
      }
    };
  }

  return {
    disk(name: string, source: OwnSource): Answer<{ installed: Installed | null }> {
      const ask = withTools(async ({ git }) => ({
        installed: await readInstalled(source, deps.dirs, { git, readPackages: deps.readPackages }),
      }));
      return disk.look(name, { about: "", ask, refresh: false });
    },

    newest(service: Checked, refresh: boolean): Answer<Newest> {
      const ask = service.mayAsk ? withTools((tools) => askNewest(service, tools)) : null;
      return newests.look(service.name, { about: whatIsAsked(service.installed), ask, refresh });
    },

    /** Null where there is nothing to compare. A comparison that failed is tried again. */
    difference(
      { name, installed, mayAsk }: Checked,
      target: ExactTarget | null,
      refresh: boolean,
    ): Answer<Comparison> | null {
      if (installed.kind !== "git" || target === null) return null;
      const about = `${installed.checkout.head}..${target.exact}`;
      const known = differences.look(name, { about, ask: null, refresh: false });
      if (!mayAsk || known.value !== null) return known;
      const ask = withTools((tools) => askDifference(installed, target, tools));
      return differences.look(name, { about, ask, refresh });
    },
  };
}

/** Another branch or remote, or another environment, has another newest version. */
function whatIsAsked(installed: Installed): string {
  if (installed.kind === "pip") return installed.venvDir;
  const { remoteUrl, followed } = installed.checkout;
  return [remoteUrl, followed?.remote, followed?.branch].join("\n");
}
