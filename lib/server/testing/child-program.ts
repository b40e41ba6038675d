import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Mounting needs root, or a user namespace. */
export const canMount =
  spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"]).status === 0;

/** Bundles a program of this folder into `outfile`, for processes of their own. */
export async function bundleProgram(name: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    alias: { "@": root },
    logLevel: "error",
  });
}

/** The output of a program that runs on its own. */
export async function runProgram(file: string, args: string[]): Promise<string> {
  return (await run(process.execPath, [file, ...args])).stdout;
}

/** The output of a shell script in a mount namespace of its own, gone with its mounts at the end. */
export async function runWithMounts(script: string, cwd: string): Promise<string> {
  return (await run("unshare", ["-m", "sh", "-euc", script], { cwd })).stdout;
}
