import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { AppError } from "../errors";

/**
 * Runs a small process beside the web server while restarts are under way. It is told their names on
 * its standard input; when that ends without a release, the web server is gone and the process
 * finishes the restarts. A session of its own keeps it alive when the server's group is killed.
 */
export function createRestartGuard(program: string) {
  const pending = new Set<string>();
  let child: Promise<ChildProcess> | null = null;

  async function launch(): Promise<ChildProcess> {
    await access(program);
    const launched = spawn(process.execPath, [program], {
      detached: true,
      // supervisord's end of our own output closes when we end; a write to it would kill the guard.
      stdio: ["pipe", "ignore", "ignore"],
    });
    launched.stdin?.on("error", () => {});
    await once(launched, "spawn");
    launched.unref();
    return launched;
  }

  async function living(): Promise<ChildProcess> {
    const current = await child?.catch(() => null);
    if (!current || current.exitCode !== null || current.signalCode !== null) child = launch();
    return child as Promise<ChildProcess>;
  }

  return {
    /** Ends when the guard has been told; from then on this process may die. */
    async protect(name: string): Promise<void> {
      pending.add(name);
      const { stdin } = await living().catch((cause: unknown) => {
        pending.delete(name);
        const message =
          "The process that sees a restart through cannot be started. Is the build complete?";
        throw new AppError("conflict", message, { cause });
      });
      await new Promise<void>((resolve) => stdin?.write(`+${name}\n`, () => resolve()));
    },

    release(name: string): void {
      pending.delete(name);
      const isLast = pending.size === 0;
      void child?.then(({ stdin }) => {
        if (isLast) stdin?.end(`-${name}\n`);
        else stdin?.write(`-${name}\n`);
      });
      if (isLast) child = null;
    },
  };
}
