import { type RefObject, useEffectEvent, useLayoutEffect } from "react";
import type { Find } from "@/components/logs/use-find";

/** Brings the hit into sight when the reader moves to it, and only then. */
export function useReveal({ moves, sought }: Find, scroller: RefObject<HTMLElement | null>) {
  const reveal = useEffectEvent(() => {
    scroller.current?.querySelector(".log-hit-now")?.scrollIntoView({ block: "nearest" });
  });
  useLayoutEffect(() => {
    if (moves > 0 && sought !== "") reveal();
  }, [moves, sought]);
}
