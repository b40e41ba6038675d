import type { LogStreams } from "@/lib/contract/logs";
import { readView } from "./log-address";

export type LogPage = { names: readonly string[]; stream: LogStreams; at: string | undefined };

/** What the page of logs shows: of one service at its own address, of several at `/logs?names=a,b`. */
export function readLogPage(path: string, search: Pick<URLSearchParams, "get">): LogPage {
  const own = /^\/services\/([^/]+)\/log\/?$/.exec(path)?.[1];
  const names = own === undefined ? (search.get("names")?.split(",") ?? []) : [decoded(own)];
  return { names: [...new Set(names.filter(Boolean))].slice(0, 4), ...readView(search) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Shows other logs on the page of logs. */
export function goToLogs({ names, stream }: Omit<LogPage, "at">) {
  const [name = "", ...others] = names;
  const view = stream === "both" ? "" : `&stream=${stream}`;
  const many = `/logs?names=${names.map(encodeURIComponent).join(",")}${view}`;
  window.history.pushState(null, "", others.length === 0 ? logPageUrl(name, stream) : many);
}

/** The page of a log alone. */
export function logPageUrl(name: string, stream: LogStreams, at?: string): string {
  const search = new URLSearchParams();
  if (stream !== "both") search.set("stream", stream);
  if (at !== undefined) search.set("at", at);
  return `/services/${encodeURIComponent(name)}/log${search.size > 0 ? `?${search}` : ""}`;
}
