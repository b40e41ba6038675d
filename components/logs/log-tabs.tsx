import { useQuery } from "@tanstack/react-query";
import { formatMoment, formatSize } from "@/components/services/format";
import { Segmented } from "@/components/ui/segmented";
import { logInfoQuery } from "@/lib/client/logs";
import type { LogStream, LogStreams, LogTail } from "@/lib/contract/logs";

const words = { both: "Both", out: "Out", err: "Err" } as const;
const streams: LogStreams[] = ["both", "out", "err"];

type LogTabsProps = {
  /** Null where several services are in the view, whose sizes would say nothing. */
  name: string | null;
  stream: LogStreams;
  onStream: (stream: LogStreams) => void;
};

/** Which of a service's logs is shown, with their sizes. */
export function LogTabs({ name, stream, onStream }: LogTabsProps) {
  return (
    <Segmented
      label="Stream"
      className="log-tabs"
      value={stream}
      options={streams.map((value) => ({
        value,
        label: words[value],
        content: <TabWords name={name} value={value} />,
      }))}
      onChange={onStream}
    />
  );
}

function TabWords({ name, value }: { name: string | null; value: LogStreams }) {
  if (name === null || value === "both") return words[value];
  return (
    <>
      {words[value]} <TabSize name={name} stream={value} />
    </>
  );
}

function TabSize({ name, stream }: { name: string; stream: LogStream }) {
  const { data } = useQuery(logInfoQuery({ name, stream }));
  return (
    <span
      className="log-tab-size"
      title={data ? `Last written ${formatMoment(new Date(data.written_at))}` : undefined}
    >
      {sizeOf(data)}
    </span>
  );
}

function sizeOf(info: LogTail | null | undefined): string {
  if (info === undefined) return "";
  if (info === null) return "none";
  return info.size === 0 ? "empty" : formatSize(info.size);
}
