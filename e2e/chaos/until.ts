import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 50;

/** Fails where it does not become so in time. */
export async function until(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 40_000,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) {
      const said = typeof what === "string" ? what : what();
      throw new Error(`Not so after ${timeoutMs} ms: ${said}`);
    }
    await sleep(PAUSE_MS);
  }
}
