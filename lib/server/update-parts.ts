import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PackageChange } from "@/lib/contract/updates";
import { exists } from "./adapters/file-presence";
import type { Git, GitSnapshot } from "./adapters/git";
import type { Pip, Resolution } from "./adapters/pip";
import { wheelFolder } from "./adapters/pip-stage";
import type { WebUi } from "./adapters/web-ui";
import { AppError } from "./errors";
import type { ExactTarget } from "./update-record";
import type { UpdateSource } from "./update-sources";

/** What there was before a job, enough to come back to it. */
export type Snapshot = {
  takenAt: string;
  before: ExactTarget;
  git: GitSnapshot | null;
  /** Version by package name; null where there is no Python environment. */
  packages: Record<string, string> | null;
  /** A copy of its database lies beside this. */
  database: boolean;
};

/** What was fetched for a job and lies ready. */
export type Staged = { resolution: Resolution | null; webUi: boolean };

export type PartsPlace = { repoDir: string | null; venvDir: string | null };

export type UpdateParts = ReturnType<typeof createUpdateParts>;

type SayDetail = (detail: string) => void;

/**
 * What an update of one service moves: its checkout, its packages, its built web pages. Only `fetch`
 * needs a network. `restore` works from any state that a kill can leave.
 */
export function createUpdateParts(
  job: { id: string; source: Exclude<UpdateSource, { kind: "image" }>; place: PartsPlace },
  deps: {
    git: Git;
    pip: Pip;
    webUi: WebUi;
    /** The constraints that the image was built with; null where it has none. */
    constraints: string | null;
    readPackages: (venvDir: string) => Promise<ReadonlyMap<string, { version: string }>>;
    /** Throws where the service could not start. */
    checkEntry: (place: PartsPlace) => Promise<void>;
  },
) {
  const { git, pip, webUi } = deps;
  const { source, place } = job;
  const { repoDir, venvDir } = place;

  async function treeStage(): Promise<string | null> {
    return repoDir && source.kind === "git" ? git.stagingDir(repoDir, job.id) : null;
  }

  function venvStage(): string | null {
    return venvDir && venvStageOf(venvDir, job.id);
  }

  async function stages(): Promise<string[]> {
    return [await treeStage(), venvStage()].filter((dir) => dir !== null);
  }

  async function current(): Promise<ExactTarget> {
    if (source.kind === "git") {
      const checkout = repoDir && (await git.inspect(repoDir));
      if (!checkout) throw new AppError("conflict", "There is no checkout to update.");
      return { exact: checkout.head, branch: checkout.branch, label: checkout.label };
    }
    const version = venvDir && (await deps.readPackages(venvDir)).get(source.package)?.version;
    if (!version) throw new AppError("conflict", `${source.package} is not installed.`);
    return { exact: version, branch: null, label: version };
  }

  async function takeSnapshot(): Promise<{ snapshot: Omit<Snapshot, "database">; detail: string }> {
    const before = await current();
    const packages = venvDir ? Object.fromEntries(await versionsIn(venvDir)) : null;
    const snapshot = {
      takenAt: new Date().toISOString(),
      before,
      git: source.kind === "git" && repoDir ? await git.snapshot(repoDir) : null,
      packages,
    };
    const count = packages ? ` and ${Object.keys(packages).length} packages` : "";
    return { snapshot, detail: `${shortOf(before)}${count}` };
  }

  async function versionsIn(dir: string): Promise<[string, string][]> {
    const packages = await deps.readPackages(dir);
    return [...packages].map(([name, { version }]): [string, string] => [name, version]);
  }

  async function fetch(
    target: ExactTarget,
    wish: { undo: PackageChange[] | null; everything: boolean; say: SayDetail },
  ): Promise<{ staged: Staged; detail: string }> {
    for (const dir of await stages()) await mkdir(dir, { recursive: true, mode: 0o700 });
    const changes = source.kind === "git" && repoDir ? await fetchSource(target, repoDir) : null;
    const resolution = await resolvePackages(target, {
      ...wish,
      changedFiles: changes?.files ?? [],
    });
    const bytes = resolution && venvDir ? await stagePackages(resolution, venvDir, wish.say) : 0;
    const isUiStaged = await stageWebUi(target, { ...wish, changedFiles: changes?.files ?? [] });
    const said = [
      changes && `${changes.commits} ${changes.commits === 1 ? "commit" : "commits"}`,
      resolution && sayPackages(resolution, bytes),
      isUiStaged && "the web interface is built",
    ].filter(Boolean);
    return { staged: { resolution, webUi: isUiStaged }, detail: said.join(", ") || "nothing new" };
  }

  async function fetchSource(target: ExactTarget, dir: string) {
    await git.fetch(await checkoutAt(dir), { sha: target.exact, branch: target.branch });
    const { exact } = await current();
    const comparison = await git.compare(dir, exact, target.exact);
    return {
      commits: Math.max(comparison.behind, comparison.ahead),
      files: [...comparison.changedFiles, ...comparison.submodulesChanged],
    };
  }

  async function checkoutAt(dir: string) {
    const checkout = await git.inspect(dir);
    if (!checkout) throw new AppError("conflict", `${dir} is no git checkout.`);
    return checkout;
  }

  type Wish = {
    undo: PackageChange[] | null;
    everything: boolean;
    changedFiles: readonly string[];
  };

  /** Null where no package has to change. */
  async function resolvePackages(target: ExactTarget, wish: Wish): Promise<Resolution | null> {
    if (!venvDir) return null;
    const { constraints } = deps;
    const found = await resolveIn(venvDir);
    return found && found.changes.length > 0 ? found : null;

    async function resolveIn(dir: string): Promise<Resolution | null> {
      if (wish.undo) return pip.resolveBack(dir, wish.undo);
      if (source.kind === "pip") {
        const spec = `${source.package}==${target.exact}`;
        return pip.resolve(dir, { spec }, { constraints });
      }
      const isDue = source.requirements.some((file) => wish.changedFiles.includes(file));
      if (!isDue && !wish.everything) return null;
      const tree = await exportedTree(target);
      const files = await existing(tree, source.requirements);
      if (files.length === 0) return null;
      return pip.resolve(dir, { requirements: files, cwd: tree }, { constraints });
    }
  }

  async function stagePackages(
    resolution: Resolution,
    dir: string,
    say: SayDetail,
  ): Promise<number> {
    say(`${resolution.install.length} packages`);
    const stage = venvStage();
    return stage === null ? 0 : (await pip.stage(dir, resolution, stage)).bytes;
  }

  async function stageWebUi(target: ExactTarget, wish: Wish & { say: SayDetail }) {
    if (source.kind !== "git" || source.webUi === null || !repoDir) return false;
    const folder = source.webUi;
    const isDue = wish.changedFiles.some((file) => file.startsWith(`${folder}/`));
    const isBuilt = await exists(join(repoDir, folder, ".next"));
    if (!isBuilt || !(isDue || wish.everything)) return false;
    wish.say("building the web interface");
    await webUi.stage(await exportedTree(target), folder);
    return true;
  }

  /** The target's files, apart from the checkout that runs. */
  async function exportedTree(target: ExactTarget): Promise<string> {
    const stage = await treeStage();
    if (stage === null || !repoDir) throw new Error("only a checkout has a tree");
    const tree = join(stage, "tree");
    if (!(await exists(tree))) {
      await mkdir(tree);
      await git.exportTree(repoDir, target.exact, tree);
    }
    return tree;
  }

  async function install(staged: Staged, say: SayDetail): Promise<string | null> {
    const said: string[] = [];
    const stage = venvStage();
    const { resolution } = staged;
    if (resolution && venvDir && stage) {
      say("saving what will be replaced");
      await pip.save(venvDir, resolution, stage);
      say(`installing ${countPackages(resolution)}`);
      await pip.install(venvDir, resolution, stage);
      said.push(`${resolution.changes.length} changed`);
    }
    const swap = staged.webUi ? await uiFolders() : null;
    if (swap) {
      await webUi.swap(swap.live, swap.staged, swap.kept);
      said.push("web interface replaced");
    }
    return said.join(", ") || null;
  }

  async function uiFolders() {
    const stage = await treeStage();
    if (stage === null || !repoDir || source.kind !== "git" || source.webUi === null) return null;
    return {
      live: join(repoDir, source.webUi),
      staged: join(stage, "tree", source.webUi),
      kept: join(stage, "kept-ui"),
    };
  }

  /** What lies ready for the new version is of no use on the way back, and the disk may be full. */
  async function makeRoom(): Promise<void> {
    const [tree, venv] = [await treeStage(), venvStage()];
    const spare = [tree && join(tree, "tree"), venv && wheelFolder(venv)];
    for (const dir of spare) if (dir) await rm(dir, { recursive: true, force: true });
  }

  return {
    current,
    takeSnapshot,
    fetch,
    install,

    keepEdits: async ({ branch, paths }: { branch: string; paths: string[] }): Promise<void> => {
      if (!repoDir) return;
      const message = "Local edits, kept while ControlPilot updated";
      await git.keepEdits(repoDir, { branch, paths, message });
    },

    async apply(target: ExactTarget): Promise<string | null> {
      if (source.kind !== "git" || !repoDir) return "comes with its packages";
      await git.apply(repoDir, { sha: target.exact, branch: target.branch });
      return target.label;
    },

    /** Throws `conflict` where what is there now is not the target, or could not start. */
    async check(target: ExactTarget): Promise<void> {
      const now = await current();
      if (now.exact !== target.exact)
        throw new AppError("conflict", `${now.label} is installed, not ${target.label}.`);
      await deps.checkEntry(place);
    },

    /** Back to the snapshot, whole. Answers what was put back. */
    async restore(
      snapshot: Snapshot,
      staged: Staged | null,
      kept: { branch: string; paths: string[] } | null,
    ): Promise<string> {
      const said: string[] = [];
      await makeRoom();
      const ui = staged?.webUi ? await uiFolders() : null;
      if (ui) await webUi.swapBack(ui.live, ui.kept);
      if (snapshot.git && repoDir) {
        // Those of a git that was ended in the middle; nobody else of ours works here now.
        await git.removeStaleLocks(repoDir, new Date(snapshot.takenAt));
        await git.restore(repoDir, snapshot.git, kept);
        said.push(`commit ${shortOf(snapshot.before)}`);
      }
      const stage = venvStage();
      if (staged?.resolution && venvDir && stage) {
        await pip.restore(venvDir, stage);
        said.push(countPackages(staged.resolution));
      }
      if (ui) said.push("web interface");
      return said.join(", ") || "nothing had changed";
    },

    hasStaging: () => hasStaging(git, job),

    async clean(): Promise<void> {
      for (const dir of await stages()) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Whether what a job laid ready is still there; it goes with the machine that it was laid on. */
export async function hasStaging(
  git: Pick<Git, "stagingPath">,
  { id, place }: { id: string; place: PartsPlace },
): Promise<boolean> {
  const tree = place.repoDir && (await git.stagingPath(place.repoDir, id));
  const venv = place.venvDir && venvStageOf(place.venvDir, id);
  for (const dir of [tree, venv]) if (dir && (await exists(dir))) return true;
  return false;
}

function venvStageOf(venvDir: string, jobId: string): string {
  return join(venvDir, ".controlpilot", jobId);
}

function sayPackages({ changes }: Resolution, bytes: number): string {
  const size = bytes >= 100_000 ? ` (${(bytes / 1e6).toFixed(1)} MB)` : "";
  return `${countPackages({ changes })}${size}`;
}

function countPackages({ changes }: Pick<Resolution, "changes">): string {
  return `${changes.length} ${changes.length === 1 ? "package" : "packages"}`;
}

function shortOf({ exact, branch }: ExactTarget): string {
  return branch === null && !/^[0-9a-f]{40,}$/.test(exact) ? exact : exact.slice(0, 7);
}

async function existing(folder: string, files: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) if (await exists(join(folder, file))) found.push(file);
  return found;
}
