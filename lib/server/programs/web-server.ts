import { openFrontDoor } from "../front-door";
import { limitConnections } from "./connection-limits";
import { endStreamsOnSignals } from "./stream-ends";
import { surviveMistakes } from "./survival";

/** The first page comes before the updates that an earlier server, or the machine, cut off. */
const MEND_AFTER_MS = 2000;
/** Until then the locks of a server that was killed a moment ago count as held. */
const TIDY_AFTER_MS = 10_000;

/** What the web server does before its first request, and soon after. Ends the process where it cannot. */
export async function startWebServer(): Promise<void> {
  const isDevelopment = process.env.NODE_ENV === "development";
  try {
    const { app } = await import("../app");
    await app().access.open();
    await openFrontDoor(app().access.gate, { isDevelopment });
  } catch (error) {
    // Next would go on and answer everything with 500.
    report(error);
    process.exit(1);
  }
  surviveMistakes(report);
  // In development Next tells pages by a socket what has changed, which is silent for long.
  if (!isDevelopment) limitConnections();
  endStreamsOnSignals();
  setTimeout(() => mendUpdates().catch(report), MEND_AFTER_MS).unref();
  setTimeout(() => tidy().catch(report), TIDY_AFTER_MS).unref();
}

async function mendUpdates(): Promise<void> {
  const { app } = await import("../app");
  await app().updates.recover();
}

async function tidy(): Promise<void> {
  const { app } = await import("../app");
  await app().removeLeftovers();
}

function report(error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: stderr is where supervisord collects our log.
  console.error(error);
}
