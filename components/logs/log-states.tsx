import { useQuery } from "@tanstack/react-query";
import { FileQuestion, FileText, Unplug } from "lucide-react";
import { sentenceOf } from "@/components/services/errors";
import { formatMoment, formatSize } from "@/components/services/format";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ApiError } from "@/lib/client/api";
import { logInfoQuery } from "@/lib/client/logs";
import type { LogStream } from "@/lib/contract/logs";
import { Ago } from "./last-written";
import { streamWords } from "./log-tabs";

type OtherStreamProps = { name: string; stream: LogStream; onStream: (stream: LogStream) => void };

export function LogLoading() {
  return <p className="log-note">Loading the log</p>;
}

export function LogEmpty(props: OtherStreamProps) {
  return (
    <Empty icon={FileText} title="Nothing written yet" actions={<OtherStream {...props} />}>
      The {props.stream} log is empty. What comes is shown here at once.
    </Empty>
  );
}

/** There is nothing to show, and `error` says why. */
export function LogUnread({ error, ...props }: OtherStreamProps & { error: Error }) {
  if (error instanceof ApiError && error.code === "not_found") {
    return (
      <Empty icon={FileQuestion} title="No log file yet" actions={<OtherStream {...props} />}>
        {error.message}
      </Empty>
    );
  }
  return <LogAway error={error} />;
}

export function LogAway({ error }: { error: Error }) {
  return (
    <Empty icon={Unplug} title="The log cannot be read now">
      {sentenceOf(error)} It is asked for again every second.
    </Empty>
  );
}

function OtherStream({ name, stream, onStream }: OtherStreamProps) {
  const other = stream === "out" ? "err" : "out";
  const { data } = useQuery({ ...logInfoQuery({ name, stream: other }), enabled: false });
  if (!data || data.size === 0) return null;
  return (
    <Button onClick={() => onStream(other)}>
      Show {streamWords[other]}, {formatSize(data.size)}
    </Button>
  );
}

/** The text is shown, but it is from before. */
export function LogStale({ error, at }: { error: Error; at: Date }) {
  return (
    <p className="log-stale" role="status">
      <Unplug className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
      <span>
        {sentenceOf(error)} This text is from {formatMoment(at)}, <Ago at={at} />.
      </span>
    </p>
  );
}
