import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { LogCleared, LogSearch, LogStream, LogStreams, LogTail } from "@/lib/contract/logs";
import { ApiError, request } from "./api";

const STREAM_LINES = 500;
const POLL_MS = 1000;
const POLL_OTHER_MS = 5000;
const TIMEOUT_MS = 20_000;
const POLLED = { networkMode: "always", retry: false } as const;

type LogArgs = { name: string; stream: LogStream };

/** The last lines of a log, read anew every second. Without a log file that is a "not_found". */
export function logTailQuery({ name, stream, lines }: LogArgs & { lines: number }) {
  return queryOptions({
    queryKey: ["logs", name, stream, lines] as const,
    queryFn: ({ signal }) => readLog(name, { stream, lines }, signal),
    refetchInterval: POLL_MS,
    ...POLLED,
  });
}

/** Size and last write of a log; null while there is no file. */
export function logInfoQuery({ name, stream }: LogArgs) {
  return queryOptions({
    queryKey: ["logs", name, stream, "info"] as const,
    queryFn: ({ signal }): Promise<LogTail | null> =>
      readLog(name, { stream, lines: 0 }, signal).catch(nullIfMissing),
    refetchInterval: POLL_OTHER_MS,
    ...POLLED,
  });
}

/** `both` clears them in one go, through supervisord. */
export function useClearLog(name: string, stream: LogStreams) {
  const client = useQueryClient();
  const query = stream === "both" ? "" : `?stream=${stream}`;
  return useMutation({
    mutationFn: () => request<LogCleared>(`${logUrl(name)}${query}`, { method: "DELETE" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["logs", name] }),
  });
}

/** The lines of one service, or of several in one, as they are written. */
export function logStreamUrl(names: readonly string[], stream: LogStreams): string {
  const [name = ""] = names;
  if (names.length === 1) return `${logUrl(name)}/stream?stream=${stream}&lines=${STREAM_LINES}`;
  const query = new URLSearchParams({ names: names.join(","), stream, lines: `${STREAM_LINES}` });
  return `/api/logs/stream?${query}`;
}

export function logDownloadUrl(name: string, stream: LogStream): string {
  return `${logUrl(name)}/download?stream=${stream}`;
}

/** The address of a stream or a download that shows the secrets in it too. */
export function revealed(url: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}reveal=true`;
}

/** Whether the secrets in a log are shown; only said where it is so. */
export type Reveal = { reveal?: true };

type SearchWish = Reveal & {
  q: string;
  regex: boolean;
  case: boolean;
  stream: LogStream;
  file: string;
  before: number;
};

/** One piece of a search backwards through a file: how far it came is in the answer. */
export function searchLog(name: string, wish: SearchWish, signal: AbortSignal): Promise<LogSearch> {
  const query = new URLSearchParams(Object.entries(wish).map(([key, value]) => [key, `${value}`]));
  return request<LogSearch>(`${logUrl(name)}/search?${query}`, { signal });
}

type Range = Reveal & {
  stream: LogStream;
  lines: number;
  /** The file as others know it; absent, the one that is written to now. */
  file?: string;
  /** Bytes of the file: lines that end there at the latest, or begin there at the earliest. */
  before?: number;
  after?: number;
};

/** A part of a log, at its end unless said otherwise. */
export function readLog(name: string, range: Range, signal?: AbortSignal): Promise<LogTail> {
  const query = new URLSearchParams(Object.entries(range).map(([key, value]) => [key, `${value}`]));
  const inTime = AbortSignal.timeout(TIMEOUT_MS);
  return request<LogTail>(`${logUrl(name)}?${query}`, {
    signal: signal ? AbortSignal.any([signal, inTime]) : inTime,
  });
}

function nullIfMissing(error: unknown): null {
  if (error instanceof ApiError && error.code === "not_found") return null;
  throw error;
}

function logUrl(name: string): string {
  return `/api/services/${encodeURIComponent(name)}/log`;
}
