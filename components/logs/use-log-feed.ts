import { useMemo, useSyncExternalStore } from "react";
import { type FeedState, LogFeed } from "@/lib/client/log-feed";

/** The lines that a stream brings as they are written, for as long as somebody shows them. */
export function useLogFeed(url: string): [LogFeed, FeedState] {
  const feed = useMemo(() => new LogFeed(url), [url]);
  return [feed, useSyncExternalStore(feed.subscribe, feed.getState, feed.getState)];
}
