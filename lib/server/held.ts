import type { Holds } from "./adapters/holds";
import type { ProcessInfo } from "./adapters/supervisord";
import { serviceNameOf } from "./snapshot";

/** A launcher that is asked to end waits no more. */
const UP: ReadonlySet<string> = new Set(["STARTING", "RUNNING"]);
const SHELLS: ReadonlySet<string> = new Set(["bash", "dash", "sh"]);

/**
 * Tells, by name, the services of which only the launcher runs, which waits for the update that this
 * boot re-applies. One whose launcher knows nothing of that runs its app, though the update is due.
 */
export function createFindHeld(deps: {
  heldNames: Holds["names"];
  /** Null where that cannot be told. */
  programOf: (pid: number) => string | null;
}) {
  function runsLauncher(pid: number): boolean {
    const program = deps.programOf(pid);
    return program === null || SHELLS.has(program);
  }

  return async (processes: readonly ProcessInfo[]): Promise<ReadonlySet<string>> => {
    const due = new Set(await deps.heldNames());
    const held = processes.filter(
      (process) =>
        due.has(serviceNameOf(process)) && UP.has(process.statename) && runsLauncher(process.pid),
    );
    return new Set(held.map(serviceNameOf));
  };
}
