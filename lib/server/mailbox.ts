/**
 * What waits for one reader: at most `most` things, and of those put in under the same key only the
 * newest. `onEnd` is called once, when the reader leaves or `signal` is aborted.
 */
export function createMailbox<T>({
  signal,
  onEnd,
  most = Number.POSITIVE_INFINITY,
}: {
  signal: AbortSignal;
  onEnd: () => void;
  most?: number;
}) {
  const waiting = new Map<unknown, T>();
  let hasEnded = false;
  let wake = () => {};

  function end(): void {
    if (hasEnded) return;
    hasEnded = true;
    signal.removeEventListener("abort", end);
    waiting.clear();
    onEnd();
    wake();
  }

  async function* read(): AsyncGenerator<T, void> {
    try {
      while (!hasEnded) {
        const [first] = waiting;
        if (first === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        waiting.delete(first[0]);
        yield first[1];
      }
    } finally {
      end();
    }
  }

  signal.addEventListener("abort", end);
  if (signal.aborted) end();

  return {
    read,
    put(key: unknown, item: T): void {
      if (hasEnded) return;
      waiting.set(key, item);
      const [oldest] = waiting.keys();
      if (waiting.size > most) waiting.delete(oldest);
      wake();
    },
  };
}
