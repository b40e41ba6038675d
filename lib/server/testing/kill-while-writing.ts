import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * Runs a program that says after each of its rounds which it was, from `first` on, and kills it somewhere
 * after `rounds` of them. Answers the last one that it said.
 */
export async function killWhileWriting(
  [program, ...args]: readonly [program: string, ...args: string[]],
  { first, rounds, folder }: { first: number; rounds: number; folder: string },
): Promise<number> {
  const child = spawn(process.execPath, [program, ...args], {
    // The lock of one that was killed would be waited for.
    env: { ...process.env, TMPDIR: mkdtempSync(join(folder, "tmp-")) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = first - 1;
  const lines = createInterface(child.stdout).on("line", (line) => {
    last = Number(line);
    if (last >= first + rounds) setTimeout(() => child.kill("SIGKILL"), Math.random() * 8);
  });
  await Promise.all([once(child, "exit"), once(lines, "close")]);
  return last;
}
