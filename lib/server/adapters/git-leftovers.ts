import { readdir, readlink, realpath, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { GitCommand } from "./git-command";

/** No download takes so long. */
const TOO_OLD_MS = 24 * 3_600_000;

/** A git that was ended a moment ago may still be going. */
const ENDING_MS = 1000;
const LOOK_EVERY_MS = 50;

/** Where the packs of a repository lie, and those that it has begun. */
export async function packFolder(git: GitCommand, dir: string): Promise<string> {
  const args = ["rev-parse", "--path-format=absolute", "--git-path", "objects/pack"];
  return (await git.text(dir, args)).trimEnd();
}

/**
 * Removes the packs that a killed git has left half made: those younger than `since`, and those so
 * old that nobody can be at work on them. All stay while any of them is open.
 */
export async function removeHalfPacks(folder: string, since: Date): Promise<void> {
  const paths = await listHalfPacks(folder, since);
  if (paths.length === 0 || !(await areReleased(paths))) return;
  for (const path of paths) await rm(path, { force: true });
}

async function listHalfPacks(folder: string, since: Date): Promise<string[]> {
  const place = await realpath(folder).catch(() => null);
  if (place === null) return [];
  const names = (await readdir(place)).filter((name) => /^(?:tmp_|\.tmp-)/.test(name));
  const tooOld = Date.now() - TOO_OLD_MS;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(place, name);
      const changedAt = (await stat(path).catch(() => null))?.mtimeMs;
      return changedAt && (changedAt >= since.getTime() || changedAt < tooOld) ? [path] : [];
    }),
  );
  return files.flat();
}

async function areReleased(paths: string[]): Promise<boolean> {
  for (const giveUpAt = performance.now() + ENDING_MS; ; await pause(LOOK_EVERY_MS)) {
    const open = await listOpenFiles();
    if (!paths.some((path) => open.has(path))) return true;
    if (performance.now() > giveUpAt) return false;
  }
}

/** Of all processes that we may look at. */
async function listOpenFiles(): Promise<Set<string>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lists = await Promise.all(pids.map((pid) => listLinks(`/proc/${pid}/fd`)));
  return new Set(lists.flat());
}

/** Empty for a process that has ended meanwhile, or is somebody else's. */
async function listLinks(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => "")));
}
