import { defaultRangeExtractor, type Range as Indexes } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useEffectEvent, useState } from "react";
import type { Rows } from "./use-log-filter";

/**
 * What is selected stays selected when it is scrolled out of sight: the blocks at its two ends go on being
 * drawn, and what is copied is put together from the lines, also from those that are not drawn.
 */
export function useLogSelection(scroller: RefObject<HTMLElement | null>, rows: readonly Rows[]) {
  const [ends, setEnds] = useState<readonly number[]>([]);
  const onSelection = useEffectEvent(() => {
    const next = endsOf(scroller.current, document.getSelection());
    if (String(next) !== String(ends)) setEnds(next);
  });
  useEffect(() => {
    document.addEventListener("selectionchange", onSelection);
    return () => document.removeEventListener("selectionchange", onSelection);
  }, []);

  const rangeExtractor = useCallback(
    (range: Indexes): number[] => {
      const held = ends.map((key) => rows.findIndex(({ block }) => block.key === key));
      const drawn = [...held.filter((index) => index !== -1), ...defaultRangeExtractor(range)];
      return [...new Set(drawn)].sort((a, b) => a - b);
    },
    [ends, rows],
  );

  function onCopy(event: React.ClipboardEvent) {
    const text = selectedText(rows, document.getSelection());
    if (text === null) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", text);
  }

  return { rangeExtractor, onCopy };
}

/** The keys of the blocks in which the selection begins and ends. */
function endsOf(scroller: HTMLElement | null, selection: Selection | null): number[] {
  if (!selection || selection.isCollapsed) return [];
  return [selection.anchorNode, selection.focusNode].flatMap((node) => {
    const block = elementOf(node)?.closest<HTMLElement>("[data-key]");
    return block && scroller?.contains(block) ? Number(block.dataset.key) : [];
  });
}

/** Null where it does not go from one line to another; then the browser copies what is right. */
function selectedText(rows: readonly Rows[], selection: Selection | null): string | null {
  if (!selection || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const first = placeOf(range.startContainer, range.startOffset);
  const last = placeOf(range.endContainer, range.endOffset);
  if (!first || !last || first.id === last.id) return null;
  const entries = rows.flatMap(({ block, indexes }) => indexes.map((i) => block.entries[i]));
  const from = entries.findIndex((entry) => entry?.id === first.id);
  const to = entries.findIndex((entry) => entry?.id === last.id);
  if (from === -1 || to === -1) return null;
  const texts = entries.slice(from, to + 1).flatMap((entry) => {
    if (entry?.kind !== "line") return [];
    const { text } = entry.line;
    const end = entry.id === last.id ? last.column : text.length;
    return text.slice(entry.id === first.id ? first.column : 0, end);
  });
  return texts.join("\n");
}

/** The row, by its entry's id, and the column in it. Null outside of all rows. */
function placeOf(node: Node, offset: number): { id: number; column: number } | null {
  const row = elementOf(node)?.closest<HTMLElement>("[data-line]");
  if (!row) return null;
  const line = row.querySelector(".log-line");
  return { id: Number(row.dataset.line), column: line ? columnOf(line, node, offset) : 0 };
}

function columnOf(line: Element, node: Node, offset: number): number {
  const range = document.createRange();
  range.selectNodeContents(line);
  const side = range.comparePoint(node, offset);
  if (side !== 0) return side < 0 ? 0 : Number.POSITIVE_INFINITY;
  range.setEnd(node, offset);
  return range.toString().length;
}

function elementOf(node: Node | null): Element | null {
  return node instanceof Element ? node : (node?.parentElement ?? null);
}
