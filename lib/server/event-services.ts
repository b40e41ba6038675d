import type { Service, ServiceState } from "@/lib/contract/services";
import type { WitnessedMonitor } from "./monitor";
import type { Snapshot } from "./snapshot";

/** Two looks at once are fine; a third soon after them waits, so that they do not use up the whole second. */
const PAIR_MS = 500;
const SPACING_MS = 250;
/** Where nothing gives a reason. */
const LOOK_MS = 2000;
const LOOK_SOON_MS = 1000;

const ON_ITS_WAY: ReadonlySet<ServiceState> = new Set(["STARTING", "STOPPING", "BACKOFF"]);

/**
 * Sees to it that the services are looked at, as soon as there is a reason and every now and then, and
 * shows every look, whoever asked for it, in the order of the looks.
 */
export function watchServices(deps: {
  monitor: Pick<WitnessedMonitor<Snapshot>, "read" | "witness">;
  viewOf: (snapshot: Snapshot) => Promise<Service[]>;
  show: (services: Service[]) => void;
  showFailure: (error: unknown) => void;
}): () => void {
  let due: { at: number; timer: NodeJS.Timeout } | null = null;
  let looks = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as const;
  let lastShown = Promise.resolve();
  let hasStopped = false;

  /** Unless one is due before. */
  function lookIn(ms: number): void {
    const at = performance.now() + ms;
    if (hasStopped || (due && due.at <= at)) return;
    forget();
    due = { at, timer: setTimeout(look, ms) };
  }

  function lookSoon(): void {
    const [before, last] = looks;
    const now = performance.now();
    lookIn(now - before > PAIR_MS ? 0 : Math.max(0, last + SPACING_MS - now));
  }

  function forget(): void {
    clearTimeout(due?.timer);
    due = null;
  }

  function look(): void {
    due = null;
    const again = () => lookIn(LOOK_MS);
    // Where somebody else has just looked, this is no look of its own.
    deps.monitor.read().then(again, again);
  }

  async function show(result: Promise<Snapshot>): Promise<void> {
    try {
      const services = await deps.viewOf(await result);
      if (hasStopped) return;
      deps.show(services);
      lookIn(services.some(({ state }) => ON_ITS_WAY.has(state)) ? LOOK_SOON_MS : LOOK_MS);
    } catch (error) {
      if (hasStopped) return;
      deps.showFailure(error);
      lookIn(LOOK_SOON_MS);
    }
  }

  const unwitness = deps.monitor.witness({
    onInvalidate: lookSoon,
    onLook(result) {
      // It began after whatever was the reason for the one that is due.
      forget();
      looks = [looks[1], performance.now()];
      lastShown = lastShown.then(() => show(result));
    },
  });
  lookIn(0);

  return () => {
    hasStopped = true;
    forget();
    unwitness();
  };
}
