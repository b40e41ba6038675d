import { AppError } from "./errors";

/** People mistype. */
const FREE_TRIES = 3;
const LONGEST_MS = 60_000;
/** Tries of all addresses together; above, a new address has to wait once. */
const FREE_TRIES_OF_ALL = 20;
const WAIT_OF_ALL_MS = 5000;
/** So long after its last wait, an address begins anew. */
const FORGET_MS = 15 * 60_000;
const MOST_NETWORKS = 10_000;

type Tries = { count: number; waitUntil: number; forgetAt: number; hasWaitedForAll: boolean };

export type SignInDelays = ReturnType<typeof createSignInDelays>;

/**
 * How long a network has to wait until it may try a password again: 1 s after its third failure, then
 * twice as long each time, a minute at most. Where many networks try, each new one waits 5 s, once:
 * so long, and no longer, others can keep out somebody who knows the password. In memory.
 */
export function createSignInDelays(now: () => number = Date.now) {
  const networks = new Map<string, Tries>();
  const ofAll = { count: 0, forgetAt: 0 };

  function find(network: string): Tries {
    const known = networks.get(network);
    if (known && now() < known.forgetAt) return known;
    return { count: 0, waitUntil: 0, forgetAt: 0, hasWaitedForAll: false };
  }

  /** Those that tried last are kept. */
  function keep(network: string, tries: Tries): void {
    networks.delete(network);
    networks.set(network, tries);
    for (const oldest of networks.keys()) {
      if (networks.size <= MOST_NETWORKS) return;
      networks.delete(oldest);
    }
  }

  function waitFor(network: string, tries: Tries, until: number): void {
    keep(network, { ...tries, waitUntil: until, forgetAt: until + FORGET_MS });
  }

  return {
    /** Throws `busy` while the network has to wait. */
    check(network: string): void {
      let tries = find(network);
      const isCrowded = now() < ofAll.forgetAt && ofAll.count >= FREE_TRIES_OF_ALL;
      if (isCrowded && tries.count === 0 && !tries.hasWaitedForAll) {
        waitFor(network, { ...tries, hasWaitedForAll: true }, now() + WAIT_OF_ALL_MS);
        tries = find(network);
      }
      const seconds = Math.ceil((tries.waitUntil - now()) / 1000);
      if (seconds > 0) throw tooSoon(seconds);
    },

    /** Counts as a failure until it succeeds: many at once are no way around it. */
    begin(network: string): void {
      const tries = find(network);
      const count = tries.count + 1;
      const waitMs =
        count < FREE_TRIES ? 0 : Math.min(1000 * 2 ** (count - FREE_TRIES), LONGEST_MS);
      waitFor(network, { ...tries, count }, now() + waitMs);
      ofAll.count = now() < ofAll.forgetAt ? ofAll.count + 1 : 1;
      ofAll.forgetAt = now() + FORGET_MS;
    },

    succeed(network: string): void {
      ofAll.count = Math.max(0, ofAll.count - find(network).count);
      networks.delete(network);
    },
  };
}

function tooSoon(retryAfterSeconds: number): AppError {
  const wait = retryAfterSeconds === 1 ? "a second" : `${retryAfterSeconds} seconds`;
  const sentence = `Too many wrong passwords: try again in ${wait}.`;
  return new AppError("busy", sentence, { retryAfterSeconds });
}
