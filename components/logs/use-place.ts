import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";
import type { Log } from "./use-log";

type Scroller = RefObject<HTMLDivElement | null>;

/** So near to the end counts as at the end. */
const NEAR_PX = 10;

/** Keeps the end in sight while the log is followed, and the reader's place while it is not. */
export type Place = ReturnType<typeof usePlace>;

export function usePlace(log: Log) {
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const isFollowing = log.pausedFor === null;
  const { view } = log.shown;

  const stick = useEffectEvent(() => {
    if (isFollowing) scrollToEnd(scroller, lastTop);
  });
  useLayoutEffect(() => {
    if (isFollowing && view) scrollToEnd(scroller, lastTop);
  }, [isFollowing, view]);
  useEffect(() => {
    const observer = new ResizeObserver(() => stick());
    const { current } = scroller;
    if (current) observer.observe(current);
    if (current?.firstElementChild) observer.observe(current.firstElementChild);
    return () => observer.disconnect();
  }, []);
  useFirstLine(scroller, lastTop, log);
  useSelection(scroller, log);

  function onScroll() {
    const { current } = scroller;
    if (!current) return;
    const movedUp = current.scrollTop < lastTop.current;
    lastTop.current = current.scrollTop;
    if (isFollowing && movedUp && !isAtEnd(current)) log.pause("scrolled");
    if (log.pausedFor === "scrolled" && !movedUp && isAtEnd(current)) log.follow();
  }

  function toStart() {
    const { current } = scroller;
    if (!current || current.scrollHeight <= current.clientHeight) return;
    log.pause("scrolled");
    current.scrollTop = 0;
  }

  return { scroller, onScroll, toStart };
}

/** Older lines that come in front push nothing out of sight. */
function useFirstLine(scroller: Scroller, lastTop: { current: number }, { shown }: Log) {
  const held = useRef({ first: 0, top: 0 });
  const { view } = shown;
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const { first, top } = held.current;
    if (view.first < first) {
      // Not added to what it is now: the browser may have corrected it by itself already.
      current.scrollTop = lastTop.current + distanceToTop(current, first) - top;
      lastTop.current = current.scrollTop;
    }
    held.current = { first: view.first, top: distanceToTop(current, view.first) };
  }, [scroller, lastTop, view]);
}

/** What somebody selects must not change under them. */
function useSelection(scroller: Scroller, log: Log) {
  const onSelection = useEffectEvent(() => {
    const selection = document.getSelection();
    const isOurs = scroller.current?.contains(selection?.anchorNode ?? null) ?? false;
    const isSelecting = isOurs && selection?.isCollapsed === false;
    const stood = log.pausedFor === "selected";
    if (isSelecting && !stood && log.pausedFor !== "asked") log.pause("selected");
    if (isSelecting || !stood) return;
    if (scroller.current && isAtEnd(scroller.current)) log.follow();
    else log.pause("scrolled");
  });
  useEffect(() => {
    document.addEventListener("selectionchange", onSelection);
    return () => document.removeEventListener("selectionchange", onSelection);
  }, []);
}

function lineElement(within: HTMLElement, line: number): HTMLElement | null {
  return within.querySelector<HTMLElement>(`[data-line="${line}"]`);
}

function distanceToTop(scroller: HTMLElement, line: number): number {
  const top = lineElement(scroller, line)?.getBoundingClientRect().top ?? 0;
  return top - (scroller.firstElementChild?.getBoundingClientRect().top ?? 0);
}

/** The first line that is in sight. */
export function topLine(scroller: HTMLElement | null): number {
  const top = scroller?.getBoundingClientRect().top ?? 0;
  const isInSight = (element: Element) => element.getBoundingClientRect().bottom > top;
  const block = [...(scroller?.querySelectorAll("[data-block]") ?? [])].find(isInSight);
  const line = [...(block?.children ?? [])].find(isInSight);
  return line instanceof HTMLElement ? Number(line.dataset.line) : Number.NEGATIVE_INFINITY;
}

function scrollToEnd(scroller: Scroller, lastTop: { current: number }) {
  const { current } = scroller;
  if (!current) return;
  current.scrollTop = current.scrollHeight;
  lastTop.current = current.scrollTop;
}

function isAtEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight <= NEAR_PX;
}
