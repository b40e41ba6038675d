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

  function living(): Promise<ChildProcess> {
    child ??= watch(launch());
    return child;
  }

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
    // One that takes the place of another must know what that one knew.
    for (const name of pending) await write(launched, `+${name}`);
    return launched;
  }

  function watch(launched: Promise<ChildProcess>): Promise<ChildProcess> {
    const forget = () => {
      if (child === launched) child = null;
    };
    launched.then((process) => process.once("exit", forget), forget);
    return launched;
  }

  return {
    /** Ends when the guard has been told; from then on this process may die. */
    async protect(name: string): Promise<void> {
      pending.add(name);
      try {
        await write(await living(), `+${name}`);
      } catch (cause) {
        pending.delete(name);
        const message =
          "The process that sees a restart through cannot be started. Is the build whole?";
        throw new AppError("conflict", message, { cause });
      }
    },

    release(name: string): void {
      pending.delete(name);
      const isLast = pending.size === 0;
      child
        ?.then(({ stdin }) => (isLast ? stdin?.end(`-${name}\n`) : stdin?.write(`-${name}\n`)))
        .catch(() => {});
      // It ends with its input; the next restart gets another one.
      if (isLast) child = null;
    },
  };
}

function write({ stdin }: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve) => stdin?.write(`${line}\n`, () => resolve()));
}
