import type { PackageChange } from "@/lib/contract/updates";
import type { Runner } from "./command";
import { createPipCommand } from "./pip-command";
import { createPipIndex } from "./pip-index";
import { planBack, type Resolution } from "./pip-plan";
import { resolveWanted, type Wanted } from "./pip-resolve";
import { installWheels, stageWheels } from "./pip-stage";
import { readPackages } from "./venv";
import { restoreFiles } from "./venv-restore";
import { saveFiles } from "./venv-save";

export type { Resolution } from "./pip-plan";
export type { Wanted } from "./pip-resolve";

const CHECK_TIMEOUT_MS = 60_000;

export type Pip = ReturnType<typeof createPip>;

/**
 * A service's Python environment, changed with its own pip. Only `versions`, `newest`, `resolve` and
 * `stage` use a network. Failures are AppErrors: `unavailable` where an index could not be reached.
 */
export function createPip(run: Runner, { redact }: { redact: (text: string) => string }) {
  const command = createPipCommand(run, redact);
  const { versions, newest } = createPipIndex(command);

  return {
    /** All versions that this Python can install and that were not taken back, newest first. */
    versions,

    /** The newest stable one, or of all where the installed one is a pre-release. Null where there is none. */
    newest,

    /**
     * What installing would change; nothing is changed. `constraints` is a file, which may be
     * missing. Throws `conflict` that says what wants what; the installed torch build stays.
     */
    resolve: (
      venvDir: string,
      wanted: Wanted,
      { constraints }: { constraints: string | null },
    ): Promise<Resolution> => resolveWanted(command, venvDir, wanted, constraints),

    /** What undoes these changes of an earlier job; what anybody else changed since stays, or is a `conflict`. */
    async resolveBack(venvDir: string, changes: readonly PackageChange[]): Promise<Resolution> {
      return planBack(await readPackages(venvDir), changes);
    },

    /** Gets or builds all wheels, so that `install` needs no network. Answers their size. */
    stage: (venvDir: string, resolution: Resolution, stageDir: string) =>
      stageWheels(command, venvDir, { resolution, stageDir }),

    /** Keeps what `install` will touch. Once this returns, `restore` can undo anything. */
    save: (venvDir: string, resolution: Resolution, stageDir: string): Promise<void> =>
      saveFiles({ run, python: command.python }, venvDir, { resolution, stageDir }),

    install: (venvDir: string, resolution: Resolution, stageDir: string): Promise<void> =>
      installWheels(command, venvDir, { resolution, stageDir }),

    /**
     * Back to what `save` saw, from any state; as often as wanted, without network or Python. Without
     * a complete save nothing was installed, and nothing is done. Packages that somebody else
     * installed meanwhile stay. Throws `conflict` that names what could not be put back.
     */
    restore: (venvDir: string, stageDir: string): Promise<void> =>
      restoreFiles(run, venvDir, stageDir),

    /** What the installed packages lack of each other. */
    async check(venvDir: string): Promise<{ package: string; problem: string }[]> {
      const options = { quiet: true, timeoutMs: CHECK_TIMEOUT_MS };
      const result = await command.python(venvDir, ["-m", "pip", "check"], options);
      const lines = [
        ...result.stdout.matchAll(/^(\S+) \S+ ((?:requires|has requirement|is not).*)$/gm),
      ];
      if (!result.ok && lines.length === 0) throw await command.failure(venvDir, result);
      return lines.map(([problem, name = ""]) => ({ package: name, problem }));
    },
  };
}
