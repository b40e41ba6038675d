import type { LogMark, LogStream } from "@/lib/contract/logs";
import { type Item, MarkItem } from "./items";
import type { LogSource } from "./source";

/** A stretch of a file that is not held. `lines` is null where they were not counted. */
interface Gap {
  readonly service: string;
  readonly stream: LogStream;
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly lines: number | null;
}

export function skippedItem(gap: Gap, at: string): MarkItem {
  const { service, stream, file, from, to, lines } = gap;
  const bytes = to - from;
  return new MarkItem({ kind: "skipped", service, stream, at, file, from, to, bytes, lines });
}

/** What of a gap is still missing, in front and behind, once a part of it was loaded. */
export function leftOf(gap: Gap, loaded: { from: number; to: number; lines: number }) {
  const hasFront = gap.from < loaded.from;
  const hasEnd = loaded.to < gap.to;
  const isCounted = gap.lines !== null && hasFront !== hasEnd;
  const lines = isCounted ? Math.max(1, (gap.lines ?? 0) - loaded.lines) : null;
  return {
    front: hasFront ? { ...gap, to: loaded.from, lines } : null,
    end: hasEnd ? { ...gap, from: loaded.to, lines } : null,
  };
}

/** What is missing once these items at the end of the list are dropped: one gap for each file. */
export function gapsOf(items: readonly Item[], sources: readonly LogSource[]): Gap[] {
  const gaps = new Map<string, Gap>();
  for (const item of items) {
    const part = item.kind === "line" ? gapOfLine(item.origin, sources) : gapOfMark(item.mark);
    if (part === null) continue;
    const key = `${part.service} ${part.stream} ${part.file}`;
    const gap = gaps.get(key);
    // What was in a file before it was emptied is nowhere any more.
    if (item.kind === "mark" && item.mark.kind === "truncated") gaps.delete(key);
    else if (gap) gaps.set(key, { ...gap, to: Math.max(gap.to, part.to), lines: sum(gap, part) });
    else gaps.set(key, part);
  }
  return [...gaps.values()].filter(({ from, to }) => from < to);
}

type Origin = { service: string; stream: LogStream; file: string; offset: number };

function gapOfLine({ service, stream, file, offset }: Origin, sources: readonly LogSource[]): Gap {
  const source = sources.find((each) => each.service === service && each.stream === stream);
  return { service, stream, file, from: offset, to: source?.endOf(file) ?? offset, lines: 1 };
}

function gapOfMark(mark: LogMark): Gap | null {
  if (mark.kind === "skipped") return mark;
  if (mark.kind !== "truncated") return null;
  const { service, stream, file } = mark;
  return { service, stream, file, from: 0, to: 0, lines: 0 };
}

function sum(a: Gap, b: Gap): number | null {
  return a.lines === null || b.lines === null ? null : a.lines + b.lines;
}
