import { useQuery } from "@tanstack/react-query";
import * as Tabs from "radix-ui/tabs";
import { formatMoment, formatSize } from "@/components/services/format";
import { logInfoQuery } from "@/lib/client/logs";
import type { LogStream, LogTail } from "@/lib/contract/logs";

export const streamWords = { out: "Out", err: "Err" } as const;
const streams: LogStream[] = ["out", "err"];

/** The streams with their sizes. What is shown is read by the log itself, so only the other one is asked for. */
export function LogTabs({ name, shown }: { name: string; shown: LogStream | undefined }) {
  return (
    <Tabs.List className="segmented log-tabs" aria-label="Stream">
      {streams.map((stream) => (
        <LogTab key={stream} name={name} stream={stream} isShown={stream === shown} />
      ))}
    </Tabs.List>
  );
}

type LogTabProps = { name: string; stream: LogStream; isShown: boolean };

function LogTab({ name, stream, isShown }: LogTabProps) {
  const { data } = useQuery({ ...logInfoQuery({ name, stream }), enabled: !isShown });
  return (
    <Tabs.Trigger value={stream} title={titleOf(data)}>
      {streamWords[stream]} <span className="log-tab-size">{sizeOf(data)}</span>
    </Tabs.Trigger>
  );
}

function sizeOf(info: LogTail | null | undefined): string {
  if (info === undefined) return "";
  if (info === null) return "none";
  return info.size === 0 ? "empty" : formatSize(info.size);
}

function titleOf(info: LogTail | null | undefined): string | undefined {
  return info ? `Last written ${formatMoment(new Date(info.written_at))}` : undefined;
}
