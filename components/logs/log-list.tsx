import { useVirtualizer } from "@tanstack/react-virtual";
import clsx from "clsx";
import { ArrowDown } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useEffectEvent, useLayoutEffect } from "react";
import type { Hit } from "@/lib/client/log/find";
import type { Block } from "@/lib/client/log/types";
import { formatCount } from "./count-words";
import { LogRows, type RowLook } from "./log-rows";
import type { LogSettings } from "./log-settings";
import type { Follow } from "./use-follow";
import type { Rows } from "./use-log-filter";
import type { LogFind } from "./use-log-find";
import { useLogSelection } from "./use-log-selection";
import { NEAR_PX, useReader } from "./use-reader";

const LINE_PX = 20;
const NO_HITS: readonly Hit[] = [];

type LogListProps = {
  label: string;
  scroller: RefObject<HTMLDivElement | null>;
  rows: readonly Rows[];
  follow: Follow;
  find: LogFind;
  look: RowLook;
  settings: LogSettings;
  /** The line that the reader points at, by its id. */
  here: { id: number; moves: number } | null;
  onTop: () => void;
  onClick: (event: React.MouseEvent) => void;
  /** What stands above the first line. */
  children: ReactNode;
};

/** The lines in sight, and those around them: the others are heights alone. */
export function LogList({ scroller, rows, follow, find, here, settings, ...props }: LogListProps) {
  const isFollowing = follow.pausedFor === null;
  const selection = useLogSelection(scroller, rows);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.block.key ?? index,
    estimateSize: (index) => (rows[index]?.indexes.length ?? 0) * LINE_PX,
    anchorTo: "end",
    scrollEndThreshold: NEAR_PX,
    overscan: 1,
    rangeExtractor: selection.rangeExtractor,
  });
  const reader = useReader(scroller, follow);

  const stick = useEffectEvent(() => {
    if (isFollowing && rows.length > 0) virtualizer.scrollToEnd();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it looks at, at each change of these
  useLayoutEffect(() => stick(), [isFollowing, rows]);
  useEffect(() => {
    // A question above the text, or the keyboard of a phone, takes room from it.
    const observer = new ResizeObserver(() => stick());
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [scroller]);

  const reveal = useEffectEvent((id: number, isHit: boolean) => {
    if (isFollowing) return;
    const index = rows.findIndex(({ block }) => block.entries.some((entry) => entry.id === id));
    if (index === -1) return;
    const show = () => findRow(scroller.current, id, isHit)?.scrollIntoView({ block: "nearest" });
    if (findRow(scroller.current, id, isHit)) return show();
    virtualizer.scrollToIndex(index, { align: "center" });
    // Once for the block to be drawn, and once for it to be measured.
    requestAnimationFrame(() => requestAnimationFrame(show));
  });
  const { now, moves } = find;
  const nowId = now?.id;
  const nowStart = now?.start;
  // A hit is another object each time its block is drawn anew, and then it is no reason to move the text.
  useLayoutEffect(() => {
    if (moves > 0 && nowId !== undefined && nowStart !== undefined) reveal(nowId, true);
  }, [moves, nowId, nowStart]);
  useLayoutEffect(() => {
    if (here) reveal(here.id, false);
  }, [here]);

  function onScroll() {
    reader.onScroll();
    if (scroller.current && scroller.current.scrollTop < 200 && reader.isMoving()) props.onTop();
  }

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: what is clicked are buttons in it, or has a key
    <div
      ref={scroller}
      role="log"
      aria-live="off"
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
      tabIndex={0}
      className={clsx(
        "log",
        !settings.wraps && "log-nowrap",
        !settings.times && "log-notimes",
        settings.compact && "log-compact",
      )}
      onScroll={onScroll}
      {...reader.listeners}
      onClick={props.onClick}
      onCopy={selection.onCopy}
    >
      {props.children}
      <div className="log-content" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const item = rows[index];
          if (!item) return null;
          const hits = find.found.get(item.block) ?? NO_HITS;
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              data-key={key}
              className="log-chunk"
              style={{ transform: `translateY(${start}px)` }}
            >
              <LogRows
                {...item}
                hits={hits}
                now={now && hits.includes(now) ? now : null}
                here={here && holds(item.block, here.id) ? here.id : null}
                look={props.look}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

export function NewLines({ count, onClick }: { count: number; onClick: () => void }) {
  if (count <= 0) return null;
  return (
    <button type="button" className="log-new" onClick={onClick}>
      <ArrowDown className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
      {formatCount(count)} new {count === 1 ? "line" : "lines"}
    </button>
  );
}

function holds({ entries }: Block, id: number): boolean {
  return entries.some((entry) => entry.id === id);
}

function findRow(scroller: HTMLElement | null, id: number, isHit: boolean): Element | null {
  const row = scroller?.querySelector(`[data-line="${id}"]`) ?? null;
  return (isHit ? row?.querySelector(".log-hit-now") : row) ?? row;
}

/** The id of the first line in sight. */
export function topId(scroller: HTMLElement | null): number {
  const top = scroller?.getBoundingClientRect().top ?? 0;
  for (const row of scroller?.querySelectorAll<HTMLElement>("[data-line]") ?? []) {
    if (row.getBoundingClientRect().bottom > top) return Number(row.dataset.line);
  }
  return Number.NaN;
}
