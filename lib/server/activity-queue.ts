import type { AuditLog } from "./adapters/audit-log";
import { AppError } from "./errors";

const SYNC_MS = 1000;
const RETRY_MS = 5000;
/** What is kept while the disk takes nothing. */
const MOST_WAITING = 1000;

export const A_BUG = "Something went wrong in ControlPilot. Its err log has the details.";

/** Lines on their way to the audit file. Who adds one does not wait; what the disk does not take is tried again. */
export function createActivityQueue(
  log: Pick<AuditLog, "append" | "sync">,
  report: (error: unknown) => void,
) {
  const waiting: string[] = [];
  let problem: string | null = null;
  let writing: Promise<void> | null = null;
  let syncing: NodeJS.Timeout | null = null;
  let retrying: NodeJS.Timeout | null = null;

  function write(): void {
    writing ??= writeAll().finally(() => {
      writing = null;
    });
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting.splice(0);
      try {
        await log.append(lines.join(""));
        problem = null;
        syncSoon();
      } catch (error) {
        waiting.unshift(...lines);
        dropOldest();
        tell(error);
        retrySoon();
        return;
      }
    }
  }

  function dropOldest(): void {
    waiting.splice(0, waiting.length - MOST_WAITING);
  }

  function retrySoon(): void {
    if (retrying !== null) return;
    retrying = setTimeout(() => {
      retrying = null;
      write();
    }, RETRY_MS).unref();
  }

  function syncSoon(): void {
    syncing ??= setTimeout(() => {
      syncing = null;
      log.sync().catch(tell);
    }, SYNC_MS).unref();
  }

  /** Once, until it works again. */
  function tell(error: unknown): void {
    if (problem === null || !(error instanceof AppError)) report(error);
    problem = error instanceof AppError ? error.message : A_BUG;
  }

  return {
    add(line: string): void {
      waiting.push(line);
      dropOldest();
      write();
    },

    /** Once what was added is written, or cannot be. */
    settled: (): Promise<void> => writing ?? Promise.resolve(),

    /** Why nothing can be written now; null while it can. */
    problem: (): string | null => problem,

    /** Puts on the disk what is not there yet. */
    async close(): Promise<void> {
      await writing;
      if (!syncing) return;
      clearTimeout(syncing);
      syncing = null;
      await log.sync();
    },
  };
}
