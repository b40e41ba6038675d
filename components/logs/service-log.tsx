import type { ReactNode } from "react";
import { logDownloadUrl, logStreamUrl } from "@/lib/client/logs";
import type { LogStreams } from "@/lib/contract/logs";
import { LogTabs } from "./log-tabs";
import { LogViewer } from "./log-viewer";

type ServiceLogProps = {
  services: readonly { name: string; display: string }[];
  stream: LogStreams;
  title: string;
  at: string | undefined;
  onStream: (stream: LogStreams) => void;
  children?: ReactNode;
};

/** The log of a service, or those of several in one. */
export function ServiceLog({ services, title, at, onStream, children, ...props }: ServiceLogProps) {
  const names = services.map(({ name }) => name);
  const alone = names.length === 1 ? (names[0] ?? null) : null;
  const isOfSupervisord = alone === "supervisord";
  const stream = isOfSupervisord ? "out" : props.stream;
  return (
    <LogViewer
      key={names.join()}
      url={logStreamUrl(names, stream)}
      {...{ services, stream, title, at }}
      files={filesOf(names, stream)}
      clearable={isOfSupervisord ? null : alone}
    >
      {isOfSupervisord ? null : <LogTabs name={alone} stream={stream} onStream={onStream} />}
      {children}
    </LogViewer>
  );
}

function filesOf(names: readonly string[], stream: LogStreams) {
  const streams = stream === "both" ? (["out", "err"] as const) : [stream];
  return names.flatMap((name) =>
    streams.map((one) => ({
      label: `Download the whole ${one} log${names.length > 1 ? ` of ${name}` : ""}`,
      href: logDownloadUrl(name, one),
    })),
  );
}
