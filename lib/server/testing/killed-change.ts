import { readdirSync, rmSync } from "node:fs";
import files from "node:fs/promises";
import { join } from "node:path";
import { createRunner } from "../adapters/command";
import { restoreDatabase } from "../adapters/sqlite-file";
import { createWebUi } from "../adapters/web-ui";

/**
 * Run as a program: makes a change of several steps, and kills itself at the Nth of them. A step that
 * takes a folder away is then half done. Says "done" where there are fewer.
 */
const [what = "", killAt = "0", a = "", b = "", c = ""] = process.argv.slice(2);

const webUi = createWebUi(createRunner({ timeoutMs: 1000 }));
const changes: Record<string, () => Promise<void>> = {
  swap: () => webUi.swap(a, b, c),
  swapBack: () => webUi.swapBack(a, b),
  restoreDatabase: () => restoreDatabase(a, b, c),
};

let steps = 0;

function stepsIn(change: (...args: never[]) => Promise<unknown>, onKill = (_: string) => {}) {
  return (...args: never[]) => {
    steps += 1;
    if (steps === Number(killAt)) {
      onKill(String(args[0]));
      process.kill(process.pid, "SIGKILL");
    }
    return change(...args);
  };
}

/** Takes the first file away that is found in the folder. */
function removeSome(path: string): void {
  const entries = readEntries(path);
  const file = entries.find((entry) => !entry.isDirectory());
  const folder = entries[0];
  if (file) rmSync(join(path, file.name));
  else if (folder) removeSome(join(path, folder.name));
}

function readEntries(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

Object.assign(files, {
  rm: stepsIn(files.rm, removeSome),
  ...Object.fromEntries(
    (["cp", "copyFile", "mkdir", "rename"] as const).map((name) => [name, stepsIn(files[name])]),
  ),
});

changes[what]?.().then(
  () => process.stdout.write("done"),
  (error: Error) => process.stdout.write(`${error.name}: ${error.message}`),
);
