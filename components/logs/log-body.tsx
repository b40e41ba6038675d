import clsx from "clsx";
import { ArrowDown } from "lucide-react";
import * as Tabs from "radix-ui/tabs";
import { useEffectEvent, useLayoutEffect } from "react";
import type { LogStream } from "@/lib/contract/logs";
import { LogEmpty, LogLoading, LogUnread } from "./log-states";
import { LogText } from "./log-text";
import { LogTop } from "./log-top";
import type { Find } from "./use-find";
import type { Log } from "./use-log";
import type { Place } from "./use-place";

type LogBodyProps = {
  name: string;
  stream: LogStream;
  title: string;
  log: Log;
  find: Find;
  place: Place;
  wraps: boolean;
  onStream: (stream: LogStream) => void;
};

export function LogBody({ title, place, wraps, ...rest }: LogBodyProps) {
  const { log, find, stream } = rest;
  useReveal(find, place);

  function loadMore() {
    if (log.pausedFor === null) log.pause("scrolled");
    log.loadMore();
  }

  function toEnd() {
    log.follow();
    place.scroller.current?.focus({ preventScroll: true });
  }

  return (
    <Tabs.Content value={stream} tabIndex={-1} className="log-body">
      <div
        ref={place.scroller}
        role="log"
        aria-live="off"
        aria-label={`${title}, ${stream}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
        tabIndex={0}
        className={clsx("log", !wraps && "log-nowrap")}
        onScroll={place.onScroll}
      >
        <div className="log-content">
          <LogTop log={log} onLoadMore={loadMore} />
          <LogContent {...rest} />
        </div>
      </div>
      {log.newLines > 0 ? (
        <button type="button" className="log-new" onClick={toEnd}>
          <ArrowDown className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
          {log.newLines}
          {log.isUncounted ? "+" : ""} new {log.newLines === 1 ? "line" : "lines"}
        </button>
      ) : null}
    </Tabs.Content>
  );
}

type LogContentProps = Omit<LogBodyProps, "title" | "place" | "wraps">;

function LogContent({ name, stream, log, find, onStream }: LogContentProps) {
  const { tail, view } = log.shown;
  const isEmpty = !tail || tail.size === 0;
  if (isEmpty && log.error) return <LogUnread {...{ name, stream, onStream }} error={log.error} />;
  if (!tail) return <LogLoading />;
  if (isEmpty) return <LogEmpty {...{ name, stream, onStream }} />;
  return <LogText blocks={view.blocks} found={find.found} now={find.now} />;
}

/** Brings the hit into sight when the reader moves to it, and only then. */
function useReveal({ moves, sought }: Find, { scroller }: Place) {
  const reveal = useEffectEvent(() => {
    scroller.current?.querySelector(".log-hit-now")?.scrollIntoView({ block: "nearest" });
  });
  useLayoutEffect(() => {
    if (moves > 0 && sought !== "") reveal();
  }, [moves, sought]);
}
