import { useState } from "react";
import type { BookView } from "@/lib/client/log/types";

/** Why the text stands still: it goes on by itself unless it was asked to. */
export type PauseReason = "asked" | "scrolled" | "selected" | "sought";

export type Follow = ReturnType<typeof useFollow>;

/** While it is paused, `shown` stays as it was, and what comes is counted. */
export function useFollow(view: BookView) {
  const [paused, setPaused] = useState<{ why: PauseReason; shown: BookView } | null>(null);
  // Before anything came there is nothing to stand still.
  if (paused?.shown.lines === 0 && view.lines > 0) setPaused({ ...paused, shown: view });
  const shown = paused?.shown ?? view;
  return {
    shown,
    newLines: view.received - shown.received,
    pausedFor: paused?.why ?? null,
    pause: (why: PauseReason) => setPaused((now) => ({ why, shown: now?.shown ?? view })),
    follow: () => setPaused(null),
    /** The reader asked for lines that `newer` has in front of, or between, those shown. */
    include: (newer: BookView) =>
      setPaused((now) => now && { ...now, shown: endAs(now.shown, newer) }),
  };
}

/** `newer`, up to where `shown` ends. */
function endAs(shown: BookView, newer: BookView): BookView {
  const lastKey = shown.blocks.at(-1)?.key;
  const last = newer.blocks.findIndex(({ key }) => key === lastKey);
  const blocks = last === -1 ? newer.blocks : newer.blocks.slice(0, last + 1);
  return { ...newer, blocks, received: shown.received };
}
