import type { Runner } from "./adapters/command";
import { exists } from "./adapters/file-presence";
import { copyDatabase, restoreDatabase, schemaVersion } from "./adapters/sqlite-file";
import { venvPython } from "./adapters/venv";
import type { ServiceDatabase } from "./updated-service";

/**
 * InvokeAI's database: a newer InvokeAI changes its schema when it starts, and an older one then
 * refuses it. A database whose schema is still the same keeps what was added meanwhile.
 */
export function createInvokeDatabase(deps: {
  run: (signal?: AbortSignal) => Runner;
  venvDir: string;
  file: string;
  /** Where the copy of a job lies. */
  copyOf: (jobId: string) => string;
  id: string;
}): ServiceDatabase {
  const { file, copyOf, id } = deps;
  const run = deps.run();
  const python = venvPython(deps.venvDir);

  async function putBack(jobId: string): Promise<void> {
    const copy = copyOf(jobId);
    if (!(await exists(copy))) return;
    const [then, now] = await Promise.all([
      schemaVersion(run, python, copy),
      (await exists(file)) ? schemaVersion(run, python, file) : null,
    ]);
    if (then !== null && then === now) return;
    await restoreDatabase(copy, file, `${file}.before-${id}`);
  }

  return {
    async copy(signal) {
      if (!(await exists(file))) return false;
      await copyDatabase(deps.run(signal), python, file, copyOf(id));
      return true;
    },
    restore: () => putBack(id),
    restoreFrom: putBack,
  };
}
