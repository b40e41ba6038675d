import clsx from "clsx";
import { formatMoment, formatSize } from "@/components/services/format";
import { SignIcon } from "@/components/services/lamp";
import type { Sign } from "@/components/services/states";
import type { MarkEntry } from "@/lib/client/log/types";
import type { HistoryEvent, HistoryKind } from "@/lib/contract/history";
import type { LogMark } from "@/lib/contract/logs";
import { countLines } from "./count-words";
import type { RowLook } from "./log-rows";

/** What happened between two lines, to the file or to the service. */
export function LogMarkRow({ entry, look }: { entry: MarkEntry; look: RowLook }) {
  const { mark } = entry;
  const of = look.tags.get(mark.service);
  return (
    <div className={clsx("log-mark", mark.kind === "skipped" && "log-gap")} data-line={entry.id}>
      {mark.kind === "state" ? <EventSign event={mark.event} /> : null}
      <span>
        {of ? `${of.display}: ` : ""}
        <b>{leadOf(mark)}</b>
        {restOf(mark)}
      </span>
      {mark.kind === "skipped" ? (
        <button type="button" className="link" data-act="fill">
          Load them
        </button>
      ) : null}
    </div>
  );
}

const signs: Record<HistoryKind, Sign> = {
  spawned: "starting",
  running: "running",
  exited: "exitbad",
  stopped: "stopped",
  killed: "stopped",
  spawn_failed: "fatal",
  gave_up: "fatal",
  supervisord_started: "starting",
  supervisord_ended: "stopped",
};

function EventSign({ event }: { event: HistoryEvent }) {
  const sign = event.kind === "exited" && event.expected ? "exited" : signs[event.kind];
  return <SignIcon sign={sign} />;
}

function leadOf(mark: LogMark): string {
  switch (mark.kind) {
    case "skipped":
      return mark.lines === null
        ? `${formatSize(mark.bytes)} skipped`
        : `${countLines(mark.lines)} skipped`;
    case "rotated":
      return "A new file began";
    case "truncated":
      return "The log was cleared";
    case "missing":
      return mark.detail;
    case "state":
      return mark.event.text;
  }
}

function restOf(mark: LogMark): string {
  if (mark.kind === "skipped") {
    return mark.lines === null
      ? ", not loaded yet"
      : `, ${formatSize(mark.bytes)} written faster than this page could take`;
  }
  if (mark.kind === "missing") return "";
  return `, ${formatMoment(new Date(mark.at))}`;
}
