import { useDeferredValue, useMemo, useState } from "react";
import { type Filter, visibleInAll } from "@/lib/client/log/filter";
import { patternOf } from "@/lib/client/log/find";
import type { Block, Level } from "@/lib/client/log/types";

export type LogFilter = ReturnType<typeof useLogFilter>;

/** A block with those of its entries that are to be seen. */
export type Rows = { block: Block; indexes: readonly number[] };

export type FilterWishes = ReturnType<typeof useFilterWishes>;

/** What of a log is to be shown: some levels, not the lines with some words, or only those with a hit. */
export function useFilterWishes(sought: RegExp | null) {
  const [levels, setLevels] = useState<ReadonlySet<Level>>(new Set());
  const [hidden, setHidden] = useState("");
  const [onlyHits, setOnlyHits] = useState(false);
  const deferred = useDeferredValue(hidden);
  // To show all is done at once, so that a line can be shown in its place.
  const exclude = useExclusion(hidden === "" ? "" : deferred);
  const only = onlyHits ? sought : null;
  const filter = useMemo<Filter>(
    () => ({ levels: levels.size === 0 ? ALL : levels, sources: null, only, exclude }),
    [levels, only, exclude],
  );

  return {
    filter,
    levels,
    hidden,
    onlyHits,
    isOn: levels.size > 0 || exclude !== null || only !== null,
    setHidden,
    toggleOnly: () => setOnlyHits(!onlyHits),
    toggleLevel(level: Level) {
      const next = new Set(levels);
      if (!next.delete(level)) next.add(level);
      setLevels(next);
    },
    showAll() {
      setLevels(new Set());
      setHidden("");
      setOnlyHits(false);
    },
  };
}

/** The wishes, and what they leave of these blocks. */
export function useLogFilter(blocks: readonly Block[], wishes: FilterWishes) {
  const { filter } = wishes;
  const rows = useMemo(() => rowsOf(blocks, filter), [blocks, filter]);
  return { ...wishes, rows };
}

const ALL: ReadonlySet<Level> = new Set(["error", "warn", "info", "debug", "none"]);

/** Words with commas between them: a line with any of them is hidden. */
function useExclusion(words: string): RegExp | null {
  return useMemo(() => {
    const parts = words.split(",").map((word) => word.trim());
    const escaped = parts
      .filter(Boolean)
      .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
    const pattern = patternOf(escaped.join("|"), { matchesCase: false, isRegex: true });
    return pattern === "invalid" ? null : pattern;
  }, [words]);
}

function rowsOf(blocks: readonly Block[], filter: Filter): Rows[] {
  const visibleOf = visibleInAll(blocks, filter);
  return blocks.flatMap((block, at) => {
    const indexes = visibleOf[at] ?? [];
    return indexes.length === 0 ? [] : { block, indexes };
  });
}
