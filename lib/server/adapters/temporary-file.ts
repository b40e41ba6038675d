import { randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isRunning } from "./process";

const NAME = /^\.controlpilot-(\d+)-[\da-f-]{36}\.tmp$/;
/** No write takes so long. Another process may have the number of the one that was killed. */
const OLD_MS = 10 * 60_000;

export type Owner = { uid: number; gid: number };

/** Makes a file for `work` in the folder, which is gone in the end unless it was renamed. */
export async function withTemporaryFile<T>(
  folder: string,
  work: (file: FileHandle, path: string) => Promise<T>,
  mode = 0o600,
): Promise<T> {
  const path = join(folder, `.controlpilot-${process.pid}-${randomUUID()}.tmp`);
  const file = await open(path, "wx", mode);
  try {
    return await work(file, path);
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

export async function giveTo({ uid, gid }: Owner, file: FileHandle): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
}

/** Removes what processes that were killed have left in the folder. One that cannot be read has none. */
export async function removeLeftTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const temporaries = names.filter((name) => NAME.test(name));
  await Promise.allSettled(temporaries.map((name) => removeIfLeft(folder, name)));
}

async function removeIfLeft(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const isAtWork = isRunning(Number(NAME.exec(name)?.[1]));
  if (isAtWork && Date.now() - (await stat(path)).mtimeMs < OLD_MS) return;
  await rm(path, { force: true });
}
