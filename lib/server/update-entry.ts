import { join } from "node:path";
import { explainResult, type Runner } from "./adapters/command";
import { venvPython } from "./adapters/venv";
import { AppError } from "./errors";
import { redact } from "./redact";
import type { Location, OwnSource } from "./update-sources";

const TIMEOUT_MS = 120_000;
const COMPILE = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[1], 'exec')";
const IMPORT = "import sys, importlib; importlib.import_module(sys.argv[1])";

/** Whether the service could start at all: its first file compiles, its package can be imported. */
export function createEntryCheck(run: Runner, source: OwnSource) {
  return async ({ repoDir, venvDir }: Location): Promise<void> => {
    if (venvDir === null) return;
    const [script, subject] =
      source.kind === "git"
        ? [COMPILE, join(repoDir ?? "", source.entry)]
        : [IMPORT, source.module];
    // Not from a folder whose files could take the place of Python's own.
    const args = ["-I", "-c", script, subject];
    const options = { quiet: true, timeoutMs: TIMEOUT_MS, cwd: venvDir };
    const result = await run(venvPython(venvDir), args, options);
    if (result.ok) return;
    const why = redact(explainResult(result));
    throw new AppError("conflict", `The new version could not start: ${subject}: ${why}`);
  };
}
