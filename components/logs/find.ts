import type { Block } from "@/lib/client/terminal/view";

export interface Hit {
  line: number;
  start: number;
  end: number;
}

/** From so many on no further lines are searched: it helps nobody, and makes the page slow. */
export const MOST_HITS = 2000;

export function patternOf(text: string, matchesCase: boolean): RegExp | null {
  if (text === "") return null;
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), matchesCase ? "gu" : "giu");
}

export function hitsIn(block: Block, pattern: RegExp): Hit[] {
  const hits: Hit[] = [];
  block.lines.forEach(({ text }, i) => {
    for (const match of text.matchAll(pattern)) {
      hits.push({ line: block.first + i, start: match.index, end: match.index + match[0].length });
    }
  });
  return hits;
}

/** The first hit from there on, else the last one before. */
export function nearestHit(hits: readonly Hit[], line: number, start: number): number {
  const index = hits.findIndex(
    (hit) => hit.line > line || (hit.line === line && hit.start >= start),
  );
  return index === -1 ? hits.length - 1 : index;
}
