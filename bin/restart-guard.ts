import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { createApp } from "@/lib/server/app";
import { readEnv } from "@/lib/server/env";
import { AppError } from "@/lib/server/errors";

/** How long a supervisord that cannot be asked is waited for. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 1000;

const { actions } = createApp(readEnv(), "program");
const pending = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith("+")) pending.add(line.slice(1));
  if (line.startsWith("-")) pending.delete(line.slice(1));
}

// The input has ended: what is still pending is a restart that its web server did not survive.
await Promise.all([...pending].map(finish));
process.exit(0);

async function finish(name: string): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUpAt) {
    const isDone = await actions.act(name, "start").then(
      () => true,
      // Any other refusal is the service's own: supervisord has started it, and its state tells the rest.
      (error: unknown) => !(error instanceof AppError && error.code === "unavailable"),
    );
    if (isDone) return;
    await sleep(PAUSE_MS);
  }
}
