import { useEffect, useMemo, useRef, useState } from "react";
import type { LogStreams } from "@/lib/contract/logs";
import { ClearLog } from "./clear-log";
import { LogBar } from "./log-bar";
import { LogFoot } from "./log-foot";
import { LogList, NewLines, topId } from "./log-list";
import { LogRail } from "./log-rail";
import type { RowLook } from "./log-rows";
import { useLogSettings } from "./log-settings";
import { LogLost, LogNothing, LogTop } from "./log-states";
import { LogTools } from "./log-tools";
import type { LogViewerProps } from "./log-viewer";
import { SecretsShown } from "./secrets-shown";
import { useFollow } from "./use-follow";
import { sayGone, useHere } from "./use-here";
import { useLogFeed } from "./use-log-feed";
import { type FilterWishes, type LogFilter, useLogFilter } from "./use-log-filter";
import { type Pattern, useLogFind } from "./use-log-find";
import { type Folds, useLogFolds } from "./use-log-folds";
import { useLogKeys } from "./use-log-keys";
import { useLogSearch } from "./use-log-search";
import { useOlder } from "./use-older";

/** Passwords and tokens, which the server hides unless it is asked to show them. */
export type Secrets = { areShown: boolean; toggle: () => void };
type LogLinesProps = LogViewerProps & { pattern: Pattern; wishes: FilterWishes; secrets: Secrets };

/** The lines that one stream brings, and the tools for them. */
export function LogLines({ url, services, stream, title, at, clearable, ...props }: LogLinesProps) {
  const name = services[0]?.name ?? "";
  const [feed, state] = useLogFeed(url);
  const follow = useFollow(state.view);
  const [settings, toggle] = useLogSettings();
  const scroller = useRef<HTMLDivElement>(null);
  const findInput = useRef<HTMLInputElement>(null);
  const clearButton = useRef<HTMLButtonElement>(null);
  const [isAsking, setIsAsking] = useState(false);

  const { pattern, secrets } = props;
  const filter = useLogFilter(follow.shown.blocks, props.wishes);
  const find = useLogFind(pattern, filter.rows, () => topId(scroller.current));
  const folds = useLogFolds(filter.rows, find);
  const older = useOlder(feed, follow);
  const search = useLogSearch({ feed, follow, pattern, view: follow.shown });
  const here = useHere({ feed, follow, filter, folds, scroller, at, name });
  const look = useLook(services, stream, folds.folded, filter.isOn);
  const isPaused = follow.pausedFor !== null;
  useEffect(() => feed.hold(isPaused), [feed, isPaused]);
  useFocusOnOpening(scroller);

  function toggleFollow() {
    if (follow.pausedFor === null) follow.pause("asked");
    else follow.follow();
  }

  function seek(text: string) {
    pattern.setText(text);
    if (text === "") return;
    follow.pause("sought");
    find.seek();
  }

  async function step(by: 1 | -1) {
    if (pattern.text === "") return;
    follow.pause("sought");
    if (find.step(by)) return;
    if (by === 1 && find.count > 0) return find.toFirst();
    const id = await search.toOlderMatch().catch(sayGone);
    if (id === null) find.toLast();
    else if (id !== undefined) find.moveTo(id, 0);
  }

  function toFind() {
    findInput.current?.focus();
    findInput.current?.select();
  }

  function closeFind() {
    pattern.setText("");
    scroller.current?.focus({ preventScroll: true });
  }

  function keep() {
    setIsAsking(false);
    clearButton.current?.focus();
  }

  function toEnd() {
    follow.follow();
    scroller.current?.focus({ preventScroll: true });
  }

  async function toStart() {
    follow.pause("scrolled");
    await older.loadStart();
    const show = () => scroller.current?.scrollTo({ top: 0 });
    // Once for the lines to be drawn, and once for them to be measured.
    requestAnimationFrame(() => requestAnimationFrame(show));
  }

  useLogKeys({
    findInput,
    keys: {
      "/": toFind,
      n: () => void step(1),
      N: () => void step(-1),
      g: () => void toStart(),
      G: follow.follow,
      f: toggleFollow,
      w: () => toggle("wraps"),
      t: () => toggle("times"),
      j: () => here.step(1),
      k: () => here.step(-1),
      y: here.copyLink,
    },
    onEscape() {
      if (isAsking) keep();
      else if (pattern.text !== "") closeFind();
      else if (filter.isOn) filter.showAll();
      else return false;
      return true;
    },
  });

  return (
    <div className="contents">
      <LogBar
        {...{ follow, settings, toggle, secrets, isAsking, clearButton }}
        rows={filter.rows}
        isFiltered={filter.isOn}
        name={services.length === 1 ? name : "logs"}
        files={props.files}
        onFollow={toggleFollow}
        onClear={clearable === null ? undefined : () => setIsAsking(!isAsking)}
      >
        {props.children}
      </LogBar>
      <LogTools
        {...{ pattern, find, filter, search }}
        levels={follow.shown.levels}
        input={findInput}
        onText={seek}
        onStep={(by) => void step(by)}
      />
      <div className="log-notices">
        {isAsking && clearable !== null ? (
          <ClearLog
            name={clearable}
            display={services[0]?.display ?? clearable}
            stream={stream}
            onDone={() => {
              setIsAsking(false);
              toEnd();
            }}
            onCancel={keep}
          />
        ) : null}
        {secrets.areShown ? <SecretsShown onHide={secrets.toggle} /> : null}
        <LogLost state={state} onRetry={() => feed.retry()} />
      </div>
      <div className="log-body">
        <LogList
          label={title}
          {...{ scroller, follow, find, look, settings }}
          rows={folds.rows}
          here={here.place}
          onTop={older.load}
          onClick={here.onClick}
        >
          <LogTop older={older} view={follow.shown} />
          <LogNothing {...{ state, filter, stream }} />
        </LogList>
        <LogRail rows={folds.rows} found={find.found} />
        <NewLines count={follow.newLines} onClick={toEnd} />
      </div>
      <LogFoot view={follow.shown} search={search} filter={filter} />
    </div>
  );
}

function useLook(
  services: LogViewerProps["services"],
  stream: LogStreams,
  folded: Folds,
  isFiltered: LogFilter["isOn"],
): RowLook {
  return useMemo(() => {
    const tags = services.map(
      ({ name, display }, colour) => [name, { display, colour: colour % 4 }] as const,
    );
    return {
      tags: new Map(tags.length > 1 ? tags : []),
      showsStream: stream === "both",
      folded,
      isFiltered,
    };
  }, [services, stream, folded, isFiltered]);
}

/**
 * As a page of its own, with nothing in focus yet, the text takes the keys. Nobody looks for the focus
 * before they use it, and a ring around all of the text is loud: it comes with the first key.
 */
function useFocusOnOpening(scroller: React.RefObject<HTMLElement | null>) {
  useEffect(() => {
    const { current } = scroller;
    if (document.activeElement !== document.body || !current) return;
    current.dataset.unasked = "";
    current.focus({ preventScroll: true });
    const show = () => delete current.dataset.unasked;
    current.addEventListener("keydown", show, { once: true });
    current.addEventListener("blur", show, { once: true });
  }, [scroller]);
}
