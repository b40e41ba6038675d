import { useDeferredValue, useMemo, useState } from "react";
import { type Hit, hitsIn, patternOf } from "@/lib/client/log/find";
import type { Block } from "@/lib/client/log/types";
import type { Rows } from "./use-log-filter";

/** From so many on no further lines are searched: it helps nobody, and makes the page slow. */
export const MOST_HITS = 2000;

const NOWHERE = { id: Number.NaN, start: 0 };

export type LogFind = ReturnType<typeof useLogFind>;
export type Pattern = ReturnType<typeof useLogPattern>;

/** What is sought, as the reader typed it. */
export function useLogPattern() {
  const [text, setText] = useState("");
  const [matchesCase, setMatchesCase] = useState(false);
  const [isRegex, setIsRegex] = useState(false);
  const sought = useDeferredValue(text);
  const made = useMemo(
    () => patternOf(sought, { matchesCase, isRegex }),
    [sought, matchesCase, isRegex],
  );
  return {
    text,
    sought,
    matchesCase,
    isRegex,
    isInvalid: made === "invalid",
    pattern: made === "invalid" ? null : made,
    setText,
    toggleCase: () => setMatchesCase(!matchesCase),
    toggleRegex: () => setIsRegex(!isRegex),
  };
}

/** Find in these lines. `topId` tells where the reader is. */
export function useLogFind(
  { text, pattern }: Pick<Pattern, "text" | "pattern">,
  rows: readonly Rows[],
  topId: () => number,
) {
  /** Where the reader stands, and how often they moved there. */
  const [place, setPlace] = useState({ ...NOWHERE, moves: 0 });
  const search = useMemo(() => cachedSearch(pattern), [pattern]);
  const found = useMemo(() => lastHits(rows, search), [rows, search]);
  const hits = useMemo(() => [...found.values()].flat(), [found]);
  const index = useMemo(() => nearestHit(rows, found, place), [rows, found, place]);

  function moveTo(id: number, start: number) {
    setPlace(({ moves }) => ({ id, start, moves: moves + 1 }));
  }

  return {
    found,
    count: hits.length,
    index,
    now: text === "" ? null : (hits[index] ?? null),
    moves: place.moves,
    /** The first hit from the line in front of the reader on. */
    seek: () => moveTo(topId(), 0),
    moveTo,
    /** False where there is none further in that direction. */
    step(by: 1 | -1): boolean {
      const hit = hits[index + by];
      if (hit) moveTo(hit.id, hit.start);
      return hit !== undefined;
    },
    toFirst() {
      const [hit] = hits;
      if (hit) moveTo(hit.id, hit.start);
    },
    toLast() {
      const hit = hits.at(-1);
      if (hit) moveTo(hit.id, hit.start);
    },
  };
}

type Search = (rows: Rows) => readonly Hit[];

function cachedSearch(pattern: RegExp | null): Search {
  const known = new WeakMap<Rows["indexes"], readonly Hit[]>();
  return ({ block, indexes }) => {
    if (pattern === null) return [];
    const hits = known.get(indexes) ?? hitsIn(partOf(block, indexes), pattern);
    known.set(indexes, hits);
    return hits;
  };
}

function partOf(block: Block, indexes: readonly number[]): Block {
  if (indexes.length === block.entries.length) return block;
  return { ...block, entries: indexes.flatMap((index) => block.entries[index] ?? []) };
}

/** Of too many hits the last ones: the end is where people look. */
function lastHits(rows: readonly Rows[], search: Search): ReadonlyMap<Block, readonly Hit[]> {
  const found: [Block, readonly Hit[]][] = [];
  let count = 0;
  for (const part of rows.toReversed()) {
    const hits = count < MOST_HITS ? search(part) : [];
    if (hits.length > 0) found.push([part.block, hits]);
    count += hits.length;
  }
  return new Map(found.reverse());
}

/** Which of all hits is the first from there on, else the last one before. */
function nearestHit(
  rows: readonly Rows[],
  found: ReadonlyMap<Block, readonly Hit[]>,
  place: { id: number; start: number },
): number {
  if (found.size === 0) return -1;
  const from = rows.findIndex(({ block }) => block.entries.some(({ id }) => id === place.id));
  let before = 0;
  for (const [at, { block }] of rows.entries()) {
    const hits = found.get(block) ?? [];
    const next = at < from ? -1 : at > from ? 0 : firstFrom(block, hits, place);
    if (next !== -1 && next < hits.length) return before + next;
    before += hits.length;
  }
  return before - 1;
}

function firstFrom({ entries }: Block, hits: readonly Hit[], place: { id: number; start: number }) {
  const rowOf = (wanted: number) => entries.findIndex(({ id }) => id === wanted);
  const row = rowOf(place.id);
  return hits.findIndex(({ id, start }) =>
    id === place.id ? start >= place.start : rowOf(id) > row,
  );
}
