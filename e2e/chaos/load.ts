import { setTimeout as sleep } from "node:timers/promises";
import { LostError } from "./client";
import { DEEDS } from "./deeds";
import type { Random } from "./random";
import { LOOKS } from "./readers";
import type { World } from "./world";

const AWAY_MS = 50;

export type Load = { stop: () => Promise<void> };

/** Many who look, over and over, whether the server is there or not. */
export function startReaders(world: World, random: Random, count: number): Load {
  return start(random, count, { goesOn: true }, (own) => own.pickShare(LOOKS).look(world, own));
}

/** Several who do something, until the server goes away from them. */
export function startWriters(world: World, random: Random, count: number): Load {
  return start(random, count, { goesOn: false }, (own) => own.pickShare(DEEDS).deed(world, own));
}

function start(
  random: Random,
  count: number,
  /** Whether one goes on once the server has gone away. */
  { goesOn }: { goesOn: boolean },
  work: (random: Random) => Promise<unknown>,
): Load {
  let isOver = false;
  async function goOn(own: Random): Promise<void> {
    while (!isOver) {
      try {
        await work(own);
      } catch (error) {
        if (!(error instanceof LostError)) throw error;
        if (!goesOn) return;
        await sleep(AWAY_MS);
      }
    }
  }
  const workers = Array.from({ length: count }, () => goOn(random.fork()));
  // What is wrong is told once they are asked to stop.
  const ended = Promise.allSettled(workers);
  return {
    async stop() {
      isOver = true;
      for (const result of await ended) if (result.status === "rejected") throw result.reason;
    },
  };
}
