import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { CATALOGUE } from "./catalogue";
import { AppError } from "./errors";

export type GitSource = {
  kind: "git";
  /** The checkout's folder in the folder of repositories. */
  repo: string;
  requirements: string[];
  /** Folders in the folder of environments: it runs in the first that exists. */
  venvs: string[];
  /** A folder of the checkout that npm builds. */
  webUi: string | null;
  /** The file that must compile for the service to start. */
  entry: string;
};
export type PipSource = { kind: "pip"; package: string; venvs: string[]; module: string };
/** Where the versions of a service that is updated here, on its own, come from. */
export type OwnSource = GitSource | PipSource;
export type UpdateSource = OwnSource | { kind: "image" };

const OWN_SOURCES: ReadonlyMap<string, OwnSource> = new Map<string, OwnSource>([
  ["comfy", checkout({ repo: "ComfyUI", venvs: ["core"], entry: "main.py" })],
  ["kohya", checkout({ repo: "kohya_ss", venvs: ["kohya", "core"], entry: "kohya_gui.py" })],
  [
    "diffpipe",
    checkout({ repo: "diffusion-pipe", venvs: ["diffpipe", "core"], entry: "train.py" }),
  ],
  ["invoke", { kind: "pip", package: "invokeai", venvs: ["invoke"], module: "invokeai" }],
  [
    "ai-toolkit",
    checkout({ repo: "ai-toolkit", venvs: ["ai-toolkit", "invoke"], entry: "run.py", webUi: "ui" }),
  ],
]);

/** The nine of the catalogue, in its order. */
export const SOURCES: ReadonlyMap<string, UpdateSource> = new Map(
  [...CATALOGUE.keys()].map((name) => [name, OWN_SOURCES.get(name) ?? { kind: "image" }]),
);

function checkout(
  fields: Pick<GitSource, "repo" | "venvs" | "entry"> & { webUi?: string },
): GitSource {
  return { kind: "git", requirements: ["requirements.txt"], webUi: null, ...fields };
}

/** The services that are updated here, each on its own. */
export function updatableNames(): string[] {
  return [...OWN_SOURCES.keys()];
}

/** Throws `not_found` for a service that nobody knows, `conflict` for one that comes with the image. */
export function findOwnSource(name: string): { source: OwnSource; display: string } {
  const display = CATALOGUE.get(name)?.display;
  if (display === undefined) throw new AppError("not_found", `There is no service "${name}".`);
  const source = OWN_SOURCES.get(name);
  if (source) return { source, display };
  throw new AppError(
    "conflict",
    `${display} is part of the image: a newer image brings its update.`,
  );
}

export type SourceDirs = { reposDir: string; venvsDir: string };
export type Location = { repoDir: string | null; venvDir: string | null };

/** Real paths; null where there is no such folder. */
export async function locate(source: OwnSource, dirs: SourceDirs): Promise<Location> {
  const venvs = source.venvs.map((venv) => realPathOf(join(dirs.venvsDir, venv)));
  const repo = source.kind === "git" ? realPathOf(join(dirs.reposDir, source.repo)) : null;
  const venvDir = (await Promise.all(venvs)).find((path) => path !== null) ?? null;
  return { repoDir: await repo, venvDir };
}

/** The other services that work in the same Python environment. */
export async function sharingVenv(name: string, dirs: SourceDirs): Promise<string[]> {
  const places = await Promise.all(
    [...OWN_SOURCES].map(async ([other, source]) => [other, await locate(source, dirs)] as const),
  );
  const own = places.find(([other]) => other === name)?.[1].venvDir ?? null;
  if (own === null) return [];
  return places
    .filter(([other, { venvDir }]) => other !== name && venvDir === own)
    .map(([other]) => other);
}

/** Where a person would put it. */
export function expectedAt(source: OwnSource, dirs: SourceDirs): string {
  if (source.kind === "git") return join(dirs.reposDir, source.repo);
  return join(dirs.venvsDir, source.venvs[0] ?? "");
}

function realPathOf(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
