import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FIRST_LINES, logTailQuery, MOST_LINES } from "@/lib/client/logs";
import { advance, EMPTY_VIEW, type LogView } from "@/lib/client/terminal/view";
import type { LogStream, LogTail } from "@/lib/contract/logs";

const STEPS = [FIRST_LINES, 1000, 3000, MOST_LINES] as const;
/** While the reader stands still nothing in front of them is thrown away, up to here. */
const MOST_HELD = 20_000;

/** Why the text stands still: it goes on by itself unless it was asked to. */
export type PauseReason = "asked" | "scrolled" | "selected";

/** One answer, read as lines. */
interface Reading {
  tail: LogTail | null;
  view: LogView;
  /** How many lines were asked for. */
  lines: number;
}

const NOTHING_READ: Reading = { tail: null, view: EMPTY_VIEW, lines: FIRST_LINES };

export type Log = ReturnType<typeof useLog>;

/** The text of a log, read anew every second. While it is paused, `shown` stays as it was. */
export function useLog(name: string, stream: LogStream) {
  const [lines, setLines] = useState(FIRST_LINES);
  const [read, setRead] = useState(NOTHING_READ);
  const [paused, setPaused] = useState<{ why: PauseReason; reading: Reading } | null>(null);
  const query = useQuery(logTailQuery({ name, stream, lines }));
  const { data, error, isPlaceholderData } = query;

  if (data && data !== read.tail && !isPlaceholderData) {
    const keep = paused ? MOST_HELD : lines;
    setRead({ tail: data, view: advance(read.view, data, keep), lines });
  }
  const hasOlderNow = paused !== null && paused.reading.lines !== read.lines;
  if (hasOlderNow) setPaused({ ...paused, reading: read });

  const shown = paused?.reading ?? read;
  const more = STEPS.find((step) => step > Math.max(lines, countLines(read.view)));
  return {
    shown,
    /** Of the newest answer, whatever is shown. */
    tail: read.tail,
    more: shown.tail !== null && shown.tail.offset > 0 && !shown.tail.truncated ? more : undefined,
    isLoadingMore: lines !== read.lines,
    loadMore: () => setLines(more ?? MOST_LINES),
    newLines: read.view.received - shown.view.received,
    /** More came at once than was asked for, so there are more new lines than were counted. */
    isUncounted: read.view.breaks > shown.view.breaks,
    pausedFor: paused?.why ?? null,
    pause: (why: PauseReason) => setPaused((now) => ({ why, reading: now?.reading ?? read })),
    follow: () => setPaused(null),
    error,
    readAt: () => new Date(query.dataUpdatedAt),
  };
}

export function countLines(view: LogView): number {
  const last = view.blocks.at(-1);
  return last ? last.first + last.lines.length - view.first : 0;
}
