import { useMemo, useState } from "react";
import type { Entry } from "@/lib/client/log/types";
import type { Rows } from "./use-log-filter";
import type { LogFind } from "./use-log-find";

/** A record of which only the first line is shown. */
export type Fold = { lines: number; words: string };

/** By the id of the record. */
export type Folds = ReadonlyMap<number, Fold>;

export type LogFolds = ReturnType<typeof useLogFolds>;

/** Takes the rest of folded records out of what is shown. To move to a hit unfolds the one that it is in. */
export function useLogFolds(
  visible: readonly Rows[],
  { now, moves }: Pick<LogFind, "now" | "moves">,
) {
  const [folded, setFolded] = useState<Folds>(new Map());
  const [seen, setSeen] = useState({ id: now?.id, moves });
  const rows = useMemo(() => rowsOf(visible, folded), [visible, folded]);

  if (now?.id !== seen.id || moves !== seen.moves) {
    setSeen({ id: now?.id, moves });
    const entry = folded.size > 0 && now ? entryOf(visible, now.id) : undefined;
    if (entry && isFolded(entry, folded)) setFolded(without(folded, entry.record));
  }

  return {
    rows,
    folded,
    toggle(record: number) {
      const isOpen = !folded.has(record);
      if (isOpen) setFolded(new Map(folded).set(record, foldOf(visible, record)));
      else setFolded(without(folded, record));
    },
  };
}

function rowsOf(visible: readonly Rows[], folded: Folds): readonly Rows[] {
  if (folded.size === 0) return visible;
  return visible.flatMap(({ block, indexes }) => {
    const left = indexes.filter((index) => !isFolded(block.entries[index], folded));
    if (left.length === 0) return [];
    return { block, indexes: left.length === indexes.length ? indexes : left };
  });
}

function isFolded(entry: Entry | undefined, folded: Folds) {
  return entry?.kind === "line" && entry.record !== entry.id && folded.has(entry.record);
}

function entryOf(visible: readonly Rows[], id: number) {
  for (const { block } of visible) {
    for (const entry of block.entries) if (entry.kind === "line" && entry.id === id) return entry;
  }
  return undefined;
}

function foldOf(visible: readonly Rows[], record: number): Fold {
  let lines = 0;
  let words = "";
  for (const { block } of visible) {
    for (const entry of block.entries) {
      if (entry.kind !== "line" || entry.record !== record) continue;
      lines += 1;
      words = entry.line.text.trim() || words;
    }
  }
  return { lines, words };
}

function without(folded: Folds, record: number): Folds {
  return new Map([...folded].filter(([key]) => key !== record));
}
