import { FileText, Loader, Unplug } from "lucide-react";
import { Ago } from "@/components/services/ago";
import { sentenceOf } from "@/components/services/errors";
import { formatMoment } from "@/components/services/format";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import type { BookView } from "@/lib/client/log/types";
import { type FeedState, isFinal } from "@/lib/client/log-feed";
import type { LogStreams } from "@/lib/contract/logs";
import { formatCount } from "./count-words";
import type { LogFilter } from "./use-log-filter";
import type { Older } from "./use-older";

type LogNothingProps = { state: FeedState; filter: LogFilter; stream: LogStreams };

/** What stands in the place of lines where there are none. */
export function LogNothing({ state, filter, stream }: LogNothingProps) {
  const { view, way, error } = state;
  if (filter.rows.length > 0) return null;
  if (view.lines > 0) {
    return (
      <Empty
        icon={FileText}
        title="No line is left"
        actions={<Button onClick={filter.showAll}>Show all lines</Button>}
      >
        Your filter hides all {formatCount(view.lines)} of them. What comes and passes it is shown
        at once.
      </Empty>
    );
  }
  if (error && way === "lost") {
    return (
      <Empty icon={Unplug} title="The log cannot be read">
        {sentenceOf(error)}
      </Empty>
    );
  }
  if (state.lostAt !== null) {
    return (
      <Empty icon={Unplug} title="No answer yet">
        ControlPilot is asked again every few seconds.
      </Empty>
    );
  }
  if (way === "connecting" || state.heardAt === null) {
    return <p className="log-note">Loading the log</p>;
  }
  return (
    <Empty icon={FileText} title="Nothing written yet">
      {stream === "both" ? "The logs are" : `The ${stream} log is`} empty. What comes is shown here
      at once.
    </Empty>
  );
}

/** The way to the server is lost: what is shown is from before. */
export function LogLost({ state, onRetry }: { state: FeedState; onRetry: () => void }) {
  const { way, error, heardAt, lostAt, view } = state;
  if (view.lines === 0 || (way !== "lost" && lostAt === null)) return null;
  const at = new Date(lostAt ?? heardAt ?? Date.now());
  return (
    <div className="log-stale" role="status">
      <Unplug className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
      <span>
        {error ? sentenceOf(error) : "The connection is lost."} This text is from {formatMoment(at)}
        , <Ago at={at} />.
      </span>
      {isFinal(error) ? null : (
        <Button size="small" className="ml-auto" onClick={onRetry}>
          Try now
        </Button>
      )}
    </div>
  );
}

/** What stands above the first line: the way to older ones, or that there are none. */
export function LogTop({ older, view }: { older: Older; view: BookView }) {
  if (view.lines === 0) return null;
  if (view.sources.every(({ atStart }) => atStart)) {
    return <p className="log-note">The beginning of the file</p>;
  }
  return (
    <div className="log-note log-older">
      {older.error ? <span role="alert">{sentenceOf(older.error)}</span> : null}
      <Button size="small" aria-disabled={older.isLoading} onClick={older.load}>
        {older.isLoading ? <Loader className="spin" aria-hidden="true" /> : null}
        {older.isLoading ? "Loading older lines" : "Load older lines"}
      </Button>
    </div>
  );
}
