import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder = "";

/** What tests, and the programs that they kill, leave in the folder for temporary files goes with the run. */
export function setup(): void {
  // A short name: paths of sockets have 107 bytes.
  folder = mkdtempSync(join(tmpdir(), "cpt-"));
  // As the one that it stands for: others than its owner use it too.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
