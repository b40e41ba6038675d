export type Random = ReturnType<typeof createRandom>;

/** Numbers that are the same each time for a seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0;

  /** From 0 to just below 1. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  function below(end: number): number {
    return Math.floor(next() * end);
  }

  function pick<T>(list: readonly T[]): T {
    const picked = list[below(list.length)];
    if (picked === undefined) throw new Error("There is nothing to pick from.");
    return picked;
  }

  return {
    below,
    pick,
    chance: (share: number): boolean => next() < share,
    /** Each as often as its share says. */
    pickShare<T extends { share: number }>(list: readonly T[]): T {
      let left = next() * list.reduce((sum, { share }) => sum + share, 0);
      for (const one of list) {
        left -= one.share;
        if (left < 0) return one;
      }
      return pick(list);
    },
    /** Another one, so that what happens side by side does not take each other's numbers. */
    fork: () => createRandom(below(2 ** 32)),
  };
}
