import { useDeferredValue, useMemo, useState } from "react";
import type { Block } from "@/lib/client/terminal/view";
import { type Hit, hitsIn, MOST_HITS, nearestHit, patternOf } from "./find";

export type Find = ReturnType<typeof useFind>;

/** Find in the lines of these blocks. `topLine` tells where the reader is. */
export function useFind(blocks: readonly Block[], topLine: () => number) {
  const [text, setText] = useState("");
  const [matchesCase, setMatchesCase] = useState(false);
  /** Where the reader stands, and how often they moved there. */
  const [place, setPlace] = useState({ line: 0, start: 0, moves: 0 });
  const sought = useDeferredValue(text);
  const pattern = useMemo(() => patternOf(sought, matchesCase), [sought, matchesCase]);
  const search = useMemo(() => cachedSearch(pattern), [pattern]);
  const found = useMemo(() => lastHits(blocks, search), [blocks, search]);
  const hits = useMemo(() => [...found.values()].flat(), [found]);
  const index = nearestHit(hits, place.line, place.start);

  function moveTo(line: number, start: number) {
    setPlace(({ moves }) => ({ line, start, moves: moves + 1 }));
  }

  return {
    text,
    sought,
    matchesCase,
    found,
    count: hits.length,
    index,
    now: hits[index] ?? null,
    moves: place.moves,
    setText(next: string) {
      if (text === "" || next === "") moveTo(topLine(), 0);
      else moveTo(place.line, place.start);
      setText(next);
    },
    toggleCase() {
      setMatchesCase(!matchesCase);
      moveTo(place.line, place.start);
    },
    step(by: 1 | -1) {
      const hit = hits[(index + by + hits.length) % hits.length];
      if (hit) moveTo(hit.line, hit.start);
    },
  };
}

type Search = (block: Block) => readonly Hit[];

function cachedSearch(pattern: RegExp | null): Search {
  const known = new WeakMap<Block, readonly Hit[]>();
  return (block) => {
    if (pattern === null) return [];
    const hits = known.get(block) ?? hitsIn(block, pattern);
    known.set(block, hits);
    return hits;
  };
}

/** Of too many hits the last ones: the end is where people look. */
function lastHits(blocks: readonly Block[], search: Search): ReadonlyMap<Block, readonly Hit[]> {
  const found: [Block, readonly Hit[]][] = [];
  let count = 0;
  for (const block of blocks.toReversed()) {
    const hits = count < MOST_HITS ? search(block) : [];
    if (hits.length > 0) found.unshift([block, hits]);
    count += hits.length;
  }
  return new Map(found);
}
