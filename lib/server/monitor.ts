import { setTimeout as sleep } from "node:timers/promises";

/** What an answer may at most lag behind, in milliseconds. */
const FRESH_MS = 250;
const LOOKS_PER_SECOND = 4;

type Outcome<T> = { startedAt: number; result: Promise<T> };

export type WitnessedMonitor<T> = ReturnType<typeof createMonitor<T>>;
/** What those who only ask need of it. */
export type Monitor<T> = Pick<WitnessedMonitor<T>, "read" | "invalidate" | "latest">;
/** Is told of every look, whoever asked for it, and of every reason for one. */
type Witness<T> = { onLook: (result: Promise<T>) => void; onInvalidate: () => void };

/**
 * Shares one look at the outside among all who ask: never two at once, at most four in any second,
 * none when nobody asks. A look that failed is shared just the same.
 */
export function createMonitor<T>(take: () => Promise<T>, clock = () => performance.now()) {
  const starts: number[] = [];
  const witnesses = new Set<Witness<T>>();
  let outdatedBefore = 0;
  let current: Outcome<T> | null = null;
  let running = false;
  let next: Promise<T> | null = null;
  let latest: T | null = null;

  /** Younger than 250 ms and than the last `invalidate()`; waits for its turn where it must. */
  function read(): Promise<T> {
    if (current && current.startedAt >= outdatedBefore) {
      if (running || clock() - current.startedAt < FRESH_MS) return current.result;
    }
    next ??= turn().then(() => {
      next = null;
      return start();
    });
    return next;
  }

  async function turn(): Promise<void> {
    if (running) await current?.result.catch(() => {});
    const oldest = starts.length < LOOKS_PER_SECOND ? undefined : starts[0];
    if (oldest !== undefined) await sleep(Math.max(0, Math.ceil(oldest + 1000 - clock())));
  }

  function start(): Promise<T> {
    const startedAt = clock();
    starts.push(startedAt);
    if (starts.length > LOOKS_PER_SECOND) starts.shift();
    running = true;
    const result = take().then((value) => {
      latest = value;
      return value;
    });
    current = { startedAt, result };
    result
      .catch(() => {})
      .finally(() => {
        running = false;
      });
    for (const { onLook } of [...witnesses]) onLook(result);
    return result;
  }

  return {
    read,
    /** What was seen before this moment no longer counts. */
    invalidate() {
      outdatedBefore = clock();
      for (const { onInvalidate } of [...witnesses]) onInvalidate();
    },
    /** The last look that succeeded, however old; null before the first. */
    latest: () => latest,
    /** Asks for nothing itself. */
    witness(one: Witness<T>): () => void {
      witnesses.add(one);
      return () => void witnesses.delete(one);
    },
  };
}
