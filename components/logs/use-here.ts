import { Link2 } from "lucide-react";
import { createElement, type RefObject, useEffect, useEffectEvent, useState } from "react";
import { writeClipboard } from "@/components/ui/clipboard";
import { notify } from "@/components/ui/toast";
import { type LineLink, linkOf, parseLink } from "@/lib/client/log/links";
import type { BookView, Entry, LineEntry } from "@/lib/client/log/types";
import type { LogFeed } from "@/lib/client/log-feed";
import { logPageUrl } from "@/lib/client/log-page";
import { topId } from "./log-list";
import type { Follow } from "./use-follow";
import type { LogFilter } from "./use-log-filter";
import type { LogFolds } from "./use-log-folds";

type HereArgs = {
  feed: LogFeed;
  follow: Follow;
  filter: LogFilter;
  folds: LogFolds;
  scroller: RefObject<HTMLDivElement | null>;
  /** The line that the address asks for. */
  at: string | undefined;
  name: string;
};

/** The line that the reader points at: by a link, with keys, or by what they clicked. */
export function useHere({ feed, follow, filter, folds, scroller, at, name }: HereArgs) {
  const [place, setPlace] = useState<{ id: number; moves: number } | null>(null);
  const [arrivedAt, setArrivedAt] = useState<string | undefined>();
  const { shown } = follow;

  const moveTo = (id: number) => setPlace((now) => ({ id, moves: (now?.moves ?? 0) + 1 }));

  const arrive = useEffectEvent(async (wanted: string, link: LineLink) => {
    setArrivedAt(wanted);
    follow.pause("sought");
    if (findLinked(feed.getState().view, link) === null) {
      await feed.loadAround({ service: name, stream: link.stream }, link.file, link.offset);
    }
    const { view } = feed.getState();
    follow.include(view);
    const entry = findLinked(view, link);
    if (entry) moveTo(entry.id);
  });
  const giveUp = useEffectEvent(() => {
    follow.follow();
    sayGone();
  });
  const isRead = shown.sources.length > 0;
  useEffect(() => {
    const link = at === undefined || at === arrivedAt || !isRead ? null : parseLink(at);
    if (at !== undefined && link) arrive(at, link).catch(() => giveUp());
  }, [at, arrivedAt, isRead]);

  function entryOf(id: number): Entry | undefined {
    for (const { block } of folds.rows) {
      const entry = block.entries.find((one) => one.id === id);
      if (entry) return entry;
    }
    return undefined;
  }

  function step(by: 1 | -1) {
    const all = folds.rows.flatMap(({ block, indexes }) => indexes.map((i) => block.entries[i]));
    const lines = all.filter((entry) => entry?.kind === "line");
    const from = lines.findIndex((entry) => entry?.id === place?.id);
    const next =
      from === -1 ? lines.find((entry) => entry?.id === topId(scroller.current)) : lines[from + by];
    if (!next) return;
    if (follow.pausedFor === null) follow.pause("scrolled");
    moveTo(next.id);
  }

  function copyLink(entry: Entry | undefined) {
    if (entry?.kind !== "line" || !scroller.current) return;
    const url = new URL(logPageUrl(entry.service, entry.stream, linkOf(entry)), location.href);
    writeClipboard(url.href, scroller.current).then(
      () => notify({ icon: createElement(Link2), title: "The link to this line is copied" }),
      () =>
        notify({
          tone: "bad",
          icon: createElement(Link2),
          title: "The link was not copied",
          text: url.href,
        }),
    );
  }

  async function fill(entry: Entry | undefined) {
    if (entry?.kind !== "mark" || entry.mark.kind !== "skipped") return;
    if (follow.pausedFor === null) follow.pause("scrolled");
    await feed.fill(entry.id, entry.mark);
    follow.include(feed.getState().view);
  }

  function onClick({ target }: React.MouseEvent) {
    const act = target instanceof Element ? target.closest<HTMLElement>("[data-act]") : null;
    const row = act?.closest<HTMLElement>("[data-line]");
    if (!act || !row) return;
    const id = Number(row.dataset.line);
    const entry = entryOf(id);
    if (act.dataset.act === "fill") fill(entry).catch(sayGone);
    if (act.dataset.act === "fold" && entry?.kind === "line") folds.toggle(entry.record);
    if (act.dataset.act === "context") {
      if (follow.pausedFor === null) follow.pause("scrolled");
      filter.showAll();
      moveTo(id);
    }
    if (act.dataset.act === "link") {
      moveTo(id);
      copyLink(entry);
    }
  }

  return {
    place,
    step,
    onClick,
    copyLink: () => copyLink(entryOf(place?.id ?? topId(scroller.current))),
  };
}

/** The line in which the byte lies that the link names; null where that is not held. */
function findLinked(view: BookView, { stream, file, offset }: LineLink): LineEntry | null {
  let found: LineEntry | null = null;
  for (const { entries } of view.blocks) {
    for (const entry of entries) {
      if (entry.kind === "mark") {
        const { mark } = entry;
        if (mark.kind !== "skipped" || mark.stream !== stream || mark.file !== file) continue;
        if (mark.from <= offset && offset < mark.to) return null;
      } else if (entry.stream === stream && entry.file === file && entry.offset <= offset) {
        if (entry.offset >= (found?.offset ?? 0)) found = entry;
      }
    }
  }
  return found;
}

export function sayGone() {
  notify({
    tone: "bad",
    icon: createElement(Link2),
    title: "These lines cannot be read any more",
    text: "The file may have been cleared, or rotated away.",
  });
}
