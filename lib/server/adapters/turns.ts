import { AppError } from "../errors";

const RETRY_SECONDS = 2;

/** Lets at most `atOnce` pieces of work go on at the same time. The others wait, in their order. */
export function createTurns(atOnce: number, maxWaiting: number) {
  const waiting = new Set<() => void>();
  let working = 0;

  function comesUp(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        waiting.delete(begin);
        signal.removeEventListener("abort", leave);
        working += 1;
        resolve();
      };
      const leave = () => {
        waiting.delete(begin);
        reject(new AppError("unavailable", "This was given up before its turn came."));
      };
      if (signal.aborted) leave();
      else if (working < atOnce) begin();
      else {
        waiting.add(begin);
        signal.addEventListener("abort", leave, { once: true });
      }
    });
  }

  return {
    async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
      if (waiting.size >= maxWaiting) {
        throw new AppError("unavailable", "Too much is going on at once. Try again in a moment.", {
          retryAfterSeconds: RETRY_SECONDS,
        });
      }
      await comesUp(signal);
      try {
        return await work();
      } finally {
        working -= 1;
        const [next] = waiting;
        next?.();
      }
    },
  };
}
