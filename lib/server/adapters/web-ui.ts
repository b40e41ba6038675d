import { lstat, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors";
import type { CommandOptions, CommandResult, Runner } from "./command";
import { bringFolder, removeFolder } from "./folder-move";
import { syncFolder } from "./folder-sync";
import { createJsonFile } from "./json-file";
import { explainNpm, npmEnvironment } from "./npm";

/** What a build can make, beside the source. */
const BUILT = ["node_modules", "dist", ".next"];
const LOCKFILES = ["package-lock.json", "npm-shrinkwrap.json"];
/** A compiler needs no network, and may think in silence. */
const BUILD_SILENCE_MS = 15 * 60_000;

/** The folders that are replaced, and whether there was one before. */
type Swap = { name: string; wasThere: boolean }[];

export type WebUi = ReturnType<typeof createWebUi>;

/** The web pages of a service, built with npm in a folder of its checkout. */
export function createWebUi(run: Runner) {
  /** Installs and builds the pages in a tree that nothing runs from. */
  async function stage(treeDir: string, folder: string): Promise<void> {
    const dir = join(treeDir, folder);
    if (!(await exists(join(dir, "package.json")))) {
      throw new AppError("conflict", `This version has no web interface in "${folder}".`);
    }
    await installPackages(dir);
    await generateClient(dir);
    await mustRun("npm", ["run", "build"], { cwd: dir, silenceMs: BUILD_SILENCE_MS });
  }

  /** Exactly the packages that the lockfile names, unless it does not fit package.json. */
  async function installPackages(cwd: string): Promise<void> {
    // One line for each package: silence means a dead network.
    const options = ["--include=dev", "--loglevel=http"];
    const locked = await Promise.all(LOCKFILES.map((name) => exists(join(cwd, name))));
    if (locked.includes(true)) {
      const result = await tryRun("npm", ["ci", ...options], { cwd });
      if (result.ok) return;
      if (!/\bEUSAGE\b/.test(result.stderr)) throw failure(result);
    }
    await mustRun("npm", ["install", ...options], { cwd });
  }

  /** Where npm may run no scripts of packages, Prisma's does not do it by itself. */
  async function generateClient(cwd: string): Promise<void> {
    const prisma = join(cwd, "node_modules", ".bin", "prisma");
    const isUsed = (await exists(prisma)) && (await exists(join(cwd, "prisma", "schema.prisma")));
    if (isUsed) await mustRun(prisma, ["generate"], { cwd });
  }

  async function mustRun(program: string, args: string[], options: CommandOptions): Promise<void> {
    const result = await tryRun(program, args, options);
    if (!result.ok) throw failure(result);
  }

  function tryRun(program: string, args: string[], options: CommandOptions) {
    return run(program, args, { ...options, env: npmEnvironment() });
  }

  return { stage, swap, swapBack };
}

/** Puts what was built in place of what is there, which goes to `keepDir`. `swapBack` undoes any part of it. */
async function swap(uiDir: string, stagedDir: string, keepDir: string): Promise<void> {
  const changes: Swap = [];
  for (const name of BUILT) {
    if (!(await exists(join(stagedDir, name)))) continue;
    changes.push({ name, wasThere: await exists(join(uiDir, name)) });
  }
  await mkdir(keepDir, { recursive: true });
  await createJsonFile<Swap>(journalPath(keepDir)).write(changes);
  for (const { name, wasThere } of changes) {
    const live = join(uiDir, name);
    if (wasThere) await bringFolder(live, join(keepDir, name));
    await removeFolder(live);
    await bringFolder(join(stagedDir, name), live);
  }
}

/** What `keepDir` holds is in its place again; can be repeated, and after a kill at any point. */
async function swapBack(uiDir: string, keepDir: string): Promise<void> {
  const changes = await createJsonFile<Swap>(journalPath(keepDir)).read();
  for (const { name, wasThere } of changes?.toReversed() ?? []) {
    const [live, kept] = [join(uiDir, name), join(keepDir, name)];
    const isKept = await exists(kept);
    if (isKept || !wasThere) await removeFolder(live);
    if (isKept) await bringFolder(kept, live);
  }
  // First of all that which tells of the rest.
  await rm(journalPath(keepDir), { force: true });
  await syncFolder(keepDir);
  await removeFolder(keepDir);
}

function journalPath(keepDir: string): string {
  return join(keepDir, "swap.json");
}

function failure(result: CommandResult): AppError {
  return new AppError("conflict", `The web interface cannot be built: ${explainNpm(result)}`);
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
