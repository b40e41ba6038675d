import { WrapText } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { IconButton } from "@/components/ui/button";
import type { LogStream } from "@/lib/contract/logs";
import { ClearLog } from "./clear-log";
import { FindBar } from "./find-bar";
import { LastWritten } from "./last-written";
import { LogActions } from "./log-actions";
import { LogBody } from "./log-body";
import { LogFoot } from "./log-foot";
import { LogStale } from "./log-states";
import { useFind } from "./use-find";
import { useLog } from "./use-log";
import { useLogKeys } from "./use-log-keys";
import { topLine, usePlace } from "./use-place";
import { useWrap } from "./use-wrap";

type LogPanelProps = {
  name: string;
  stream: LogStream;
  title: string;
  onStream: (stream: LogStream) => void;
};

/** One stream of a log: everything in the frame but the tabs. */
export function LogPanel({ name, stream, title, onStream }: LogPanelProps) {
  const log = useLog(name, stream);
  const place = usePlace(log);
  const find = useFind(log.shown.view.blocks, () => topLine(place.scroller.current));
  const findInput = useRef<HTMLInputElement>(null);
  const [wraps, toggleWrap] = useWrap();
  const [isAsking, setIsAsking] = useState(false);
  const clearButton = useRef<HTMLButtonElement>(null);
  const { tail } = log;
  useFocusOnOpening(place.scroller);

  function toggleFollow() {
    if (log.pausedFor === null) log.pause("asked");
    else log.follow();
  }

  function openFind() {
    findInput.current?.focus();
    findInput.current?.select();
  }

  function closeFind() {
    find.setText("");
    place.scroller.current?.focus();
  }

  useLogKeys({
    findInput,
    keys: {
      "/": openFind,
      n: () => find.step(1),
      N: () => find.step(-1),
      g: place.toStart,
      G: log.follow,
      f: toggleFollow,
      w: toggleWrap,
    },
    onEscape() {
      if (isAsking) keep();
      else if (find.text !== "") closeFind();
      else return false;
      return true;
    },
  });

  function keep() {
    setIsAsking(false);
    clearButton.current?.focus();
  }

  function onCleared() {
    setIsAsking(false);
    log.follow();
    place.scroller.current?.focus();
  }

  return (
    <div className="contents">
      <p className="log-written">{tail ? <LastWritten at={tail.written_at} /> : null}</p>
      <LogActions
        {...{ name, stream, log, isAsking, clearButton }}
        onFollow={toggleFollow}
        onClear={() => setIsAsking(!isAsking)}
      />
      <div className="log-tools">
        <FindBar find={find} input={findInput} />
        <IconButton label="Wrap lines" pressed={wraps} onClick={toggleWrap}>
          <WrapText strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </div>
      <div className="log-notices">
        {isAsking && tail ? (
          <ClearLog {...{ name, tail }} onDone={onCleared} onCancel={keep} />
        ) : null}
        {log.error && tail && tail.size > 0 ? (
          <LogStale error={log.error} at={log.readAt()} />
        ) : null}
      </div>
      <LogBody {...{ name, stream, title, log, find, place, wraps, onStream }} />
      <LogFoot log={log} />
    </div>
  );
}

/** Opened with nothing in focus but the dialog itself, the text takes the keys. */
function useFocusOnOpening(scroller: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const isFresh = document.activeElement?.role === "dialog";
    if (isFresh) scroller.current?.focus({ preventScroll: true });
  }, [scroller]);
}
