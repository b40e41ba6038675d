import { open } from "node:fs/promises";

/** Puts on the disk which files are in the folder. Some file systems cannot, and need not. */
export async function syncFolder(folder: string): Promise<void> {
  await Promise.allSettled([sync(folder)]);
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
