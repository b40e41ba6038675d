import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import type { Follow, PauseReason } from "./use-follow";

/** So near to the end counts as at the end. */
export const NEAR_PX = 10;
/** A wheel or a finger moves the text on for so long after it was let go. */
const MOVES_ON_MS = 700;
/** Whoever chose to stand still, or holds a selection, goes on by choice alone. */
const ENDS_AT_END: ReadonlySet<PauseReason | null> = new Set(["scrolled", "sought"] as const);
const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

/**
 * Notices what the reader does: moving up and selecting pause, moving down to the end follows again.
 * Only they do; that the text moves by itself, as lines come and go, is nothing the reader did.
 */
export function useReader(scroller: RefObject<HTMLDivElement | null>, follow: Follow) {
  const movesUntil = useRef(0);
  const lastTop = useRef(0);

  const touch = () => {
    movesUntil.current = performance.now() + MOVES_ON_MS;
  };
  /** A press on the text itself moves nothing. */
  const letGo = () => {
    if (movesUntil.current === Number.POSITIVE_INFINITY) touch();
  };
  const isMoving = () => performance.now() < movesUntil.current;

  function onScroll() {
    const { current } = scroller;
    if (!current) return;
    const movedUp = current.scrollTop < lastTop.current;
    lastTop.current = current.scrollTop;
    if (!isMoving()) return;
    if (follow.pausedFor === null && movedUp && !isAtEnd(current)) follow.pause("scrolled");
    if (ENDS_AT_END.has(follow.pausedFor) && !movedUp && isAtEnd(current)) follow.follow();
  }

  useSelection(scroller, follow);
  return {
    isMoving,
    onScroll,
    listeners: {
      onWheel: touch,
      onTouchMove: touch,
      onKeyDown: ({ key }: React.KeyboardEvent) => SCROLL_KEYS.has(key) && touch(),
      // The scroll bar belongs to the element itself; its way is as long as the press.
      onPointerDown: ({ target, currentTarget }: React.PointerEvent) => {
        if (target === currentTarget) movesUntil.current = Number.POSITIVE_INFINITY;
      },
      onPointerUp: letGo,
      onPointerCancel: letGo,
    },
  };
}

/** What somebody selects must not change under them. */
function useSelection(scroller: RefObject<HTMLElement | null>, follow: Follow) {
  const onSelection = useEffectEvent(() => {
    const selection = document.getSelection();
    const isOurs = scroller.current?.contains(selection?.anchorNode ?? null) ?? false;
    const isSelecting = isOurs && selection?.isCollapsed === false;
    const stood = follow.pausedFor === "selected";
    if (isSelecting && follow.pausedFor === null) follow.pause("selected");
    if (isSelecting || !stood) return;
    if (scroller.current && isAtEnd(scroller.current)) follow.follow();
    else follow.pause("scrolled");
  });
  useEffect(() => {
    document.addEventListener("selectionchange", onSelection);
    return () => document.removeEventListener("selectionchange", onSelection);
  }, []);
}

export function isAtEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight <= NEAR_PX;
}
