import { useRef, useState } from "react";
import type { LogFeed } from "@/lib/client/log-feed";
import type { Follow } from "./use-follow";

export type Older = ReturnType<typeof useOlder>;

/** Older lines, from the file: a piece at a time to its very beginning, or that at once. */
export function useOlder(feed: LogFeed, follow: Follow) {
  const [error, setError] = useState<Error | null>(null);
  const [isLoading, setIsLoading] = useState(false);
  const running = useRef(false);

  async function load(read: () => Promise<unknown>) {
    if (running.current || feed.getState().view.sources.every(({ atStart }) => atStart)) return;
    running.current = true;
    setIsLoading(true);
    if (follow.pausedFor === null) follow.pause("scrolled");
    const failure = await read().then(
      () => null,
      (reason: Error) => reason,
    );
    follow.include(feed.getState().view);
    running.current = false;
    setError(failure);
    setIsLoading(false);
  }

  return {
    isLoading,
    error,
    load: () => void load(() => feed.loadOlder()),
    loadStart: () => load(() => feed.loadStart()),
  };
}
