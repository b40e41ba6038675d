import { setTimeout as sleep } from "node:timers/promises";

/** Asks again until the answer is something; fails after ten seconds. */
export async function waitFor<T>(
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  timeoutMs = 10_000,
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  while (performance.now() < giveUpAt) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    await sleep(20);
  }
  throw new Error(`Nothing after ${timeoutMs} ms: ${ask}`);
}
