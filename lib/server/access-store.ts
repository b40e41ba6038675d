import { setTimeout as sleep } from "node:timers/promises";
import type { AccessFile, AccessRecord } from "./adapters/access-file";
import { AppError } from "./errors";

/** So long an answer waits for a disk that does not. */
const PATIENCE_MS = 3000;

type Edit = (record: AccessRecord) => AccessRecord;

const NOBODY: AccessRecord = {
  password: null,
  opened_with: null,
  sessions: [],
  tokens: [],
  meant: false,
};

export type AccessStore = ReturnType<typeof createAccessStore>;

/** Who may come in, in memory, so that no request waits for a disk; and on the disk, in order. */
export function createAccessStore(deps: { file: AccessFile; report: (error: unknown) => void }) {
  let record = NOBODY;
  let fault: string | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let isReported = false;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  async function write(wanted: AccessRecord): Promise<void> {
    if (fault !== null) throw new AppError("conflict", fault);
    await deps.file.write(wanted);
    isReported = false;
  }

  function reportOnce(error: unknown): void {
    if (!isReported) deps.report(error);
    isReported = true;
  }

  return {
    now: (): AccessRecord => record,
    /** Why the file counts for nothing; then nothing is written to it either. */
    fault: (): string | null => fault,

    async open(): Promise<void> {
      try {
        record = (await deps.file.read()) ?? NOBODY;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        fault = error.message;
        deps.report(error);
      }
    },

    /** Counts once it is on the disk, and not at all where that fails. */
    change: (edit: Edit): Promise<void> =>
      inTurn(async () => {
        await write(edit(record));
        record = edit(record);
      }),

    /** Counts at once, and throws where the disk did not take it. */
    async withdraw(edit: Edit): Promise<void> {
      record = edit(record);
      await inTurn(() => write(record));
    },

    /** Counts at once; where the disk does not take it, for this run of the server only. */
    remember(edit: Edit): void {
      record = edit(record);
      if (fault === null) inTurn(() => write(record)).catch(reportOnce);
    },

    /** What was changed is on the disk, unless the disk does not take it, or not in time. */
    written: (): Promise<unknown> =>
      Promise.race([last, sleep(PATIENCE_MS, undefined, { ref: false })]),

    /** Everything is on the disk that will be. */
    settled: (): Promise<unknown> => last,
  };
}
