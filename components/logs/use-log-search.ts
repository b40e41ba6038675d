import { useEffect, useEffectEvent, useState } from "react";
import type { BookView, Source } from "@/lib/client/log/types";
import type { LogFeed } from "@/lib/client/log-feed";
import { searchLog } from "@/lib/client/logs";
import type { LogMatch } from "@/lib/contract/logs";
import type { Follow } from "./use-follow";
import type { Pattern } from "./use-log-find";

const TYPING_MS = 300;
/** From so many on nobody reads them all. */
const ENOUGH = 1000;

type Found = {
  source: Source;
  matches: readonly LogMatch[];
  /** Byte down to which all was searched. */
  scannedTo: number;
  exhausted: boolean;
};

export type LogSearch = ReturnType<typeof useLogSearch>;

type SearchArgs = { feed: LogFeed; follow: Follow; pattern: Pattern; view: BookView };

/** Goes on with a search where the lines held end: backwards through the files, on the server. */
export function useLogSearch({ feed, follow, pattern, view }: SearchArgs) {
  const { sought, matchesCase, isRegex, isInvalid } = pattern;
  const question = sought === "" || isInvalid ? null : `${sought}\n${matchesCase}\n${isRegex}`;
  const [state, setState] = useState<{
    question: string | null;
    found: readonly Found[];
    error: Error | null;
  }>({ question: null, found: [], error: null });
  const isCurrent = state.question === question;
  const found = isCurrent ? state.found : [];

  const run = useEffectEvent(async (asked: string, signal: AbortSignal) => {
    const sources = view.sources.filter(({ atStart }) => !atStart);
    const results = new Map<Source, Found>();
    const show = (error: Error | null = null) => {
      if (!signal.aborted) setState({ question: asked, found: [...results.values()], error });
    };
    show();
    await Promise.all(
      sources.map(async (source) => {
        let scannedTo = source.oldest;
        let matches: LogMatch[] = [];
        for (let exhausted = false; !exhausted && matches.length < ENOUGH; ) {
          const { service, stream, file } = source;
          const wish = {
            q: sought,
            regex: isRegex,
            case: matchesCase,
            stream,
            file,
            before: scannedTo,
            ...feed.reveal,
          };
          const answer = await searchLog(service, wish, signal);
          matches = [...matches, ...answer.matches];
          scannedTo = answer.scanned_to;
          exhausted = answer.exhausted;
          results.set(source, { source, matches, scannedTo, exhausted });
          show();
        }
      }),
    ).catch(show);
  });
  useEffect(() => {
    if (question === null) return;
    const leaving = new AbortController();
    const timer = setTimeout(() => void run(question, leaving.signal), TYPING_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [question]);

  return {
    /** Matches in lines older than those held. */
    count: found.reduce((sum, one) => sum + olderMatches(one, view).length, 0),
    found,
    error: isCurrent ? state.error : null,
    isSearching:
      question !== null &&
      (!isCurrent ||
        (state.error === null &&
          found.some(({ exhausted, matches }) => !exhausted && matches.length < ENOUGH))),

    /** Loads the newest of the older matches into the view. Null where there is none. */
    async toOlderMatch(): Promise<number | null> {
      const next = nextMatch(found, feed.getState().view);
      if (!next) return null;
      const { source, match } = next;
      await feed.loadAround(source, source.file, match.offset);
      const { view: now } = feed.getState();
      follow.include(now);
      return idAt(now, source, match.offset);
    },
  };
}

function nextMatch(found: readonly Found[], view: BookView) {
  for (const one of found) {
    const [match] = olderMatches(one, view);
    if (match) return { source: one.source, match };
  }
  return null;
}

/** Matches older than all the lines held of their log, the newest first. */
function olderMatches({ source, matches }: Found, { sources }: BookView): LogMatch[] {
  const { service, stream } = source;
  const held = sources.find((one) => one.service === service && one.stream === stream);
  return matches.filter(({ offset }) => offset < (held?.oldest ?? 0));
}

function idAt(view: BookView, { service, stream, file }: Source, offset: number): number | null {
  for (const { entries } of view.blocks) {
    for (const entry of entries) {
      const isThere = entry.kind === "line" && entry.service === service && entry.stream === stream;
      if (isThere && entry.file === file && entry.offset >= offset) return entry.id;
    }
  }
  return null;
}
