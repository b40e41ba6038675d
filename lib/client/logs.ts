import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { LogCleared, LogStream, LogTail } from "@/lib/contract/logs";
import { ApiError, request } from "./api";
import { continuationOf } from "./terminal/continuation";

export const FIRST_LINES = 200;
export const MOST_LINES = 10_000;
const POLL_MS = 1000;
const POLL_OTHER_MS = 5000;
const TIMEOUT_MS = 20_000;
const POLLED = { networkMode: "always", retry: false } as const;
/** Text put together from answers is asked for anew beyond this. */
const MAX_JOINED = 2_000_000;

type LogArgs = { name: string; stream: LogStream };

/** The last lines of a log, read anew every second. Without a log file that is a "not_found". */
export function logTailQuery({ name, stream, lines }: LogArgs & { lines: number }) {
  const queryKey = ["logs", name, stream, lines] as const;
  return queryOptions({
    queryKey,
    queryFn: async ({ signal, client }) => {
      const held = client.getQueryData<LogTail>(queryKey);
      const tail = await readOn({ name, stream, lines, held, signal });
      const info: LogTail | null = { ...tail, log: "" };
      client.setQueryData(logInfoQuery({ name, stream }).queryKey, info);
      return tail;
    },
    placeholderData: (previous, query) =>
      query?.queryKey[1] === name && query.queryKey[2] === stream ? previous : undefined,
    refetchInterval: POLL_MS,
    ...POLLED,
  });
}

/** Size and last write of a log; null while there is no file. */
export function logInfoQuery({ name, stream }: LogArgs) {
  return queryOptions({
    queryKey: ["logs", name, stream, "info"] as const,
    queryFn: ({ signal }): Promise<LogTail | null> =>
      readTail({ name, stream, lines: 0, signal }).catch(nullIfMissing),
    refetchInterval: POLL_OTHER_MS,
    ...POLLED,
  });
}

/** The stream that the server shows unasked. Its lines are there already when this answers. */
export function logStreamQuery(name: string) {
  return queryOptions({
    queryKey: ["logs", name, "stream"] as const,
    queryFn: async ({ signal, client }): Promise<LogStream> => {
      const tail = await readTail({ name, lines: FIRST_LINES, signal }).catch(nullIfMissing);
      if (tail === null) return "out";
      const { stream } = tail;
      client.setQueryData(logTailQuery({ name, stream, lines: FIRST_LINES }).queryKey, tail);
      return stream;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.status === "error" ? POLL_MS : false),
    ...POLLED,
  });
}

export function useClearLog(name: string, stream: LogStream) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<LogCleared>(`${logUrl(name)}?stream=${stream}`, { method: "DELETE" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["logs", name] }),
  });
}

export function logDownloadUrl(name: string, stream: LogStream): string {
  return `${logUrl(name)}/download?stream=${stream}`;
}

type TailArgs = { name: string; stream?: LogStream; lines: number; signal: AbortSignal };

function readTail({ name, stream, lines, signal }: TailArgs): Promise<LogTail> {
  const choice = stream === undefined ? "" : `&stream=${stream}`;
  return request<LogTail>(`${logUrl(name)}?lines=${lines}${choice}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
}

function nullIfMissing(error: unknown): null {
  if (error instanceof ApiError && error.code === "not_found") return null;
  throw error;
}

/** Of a long text only the end is asked for again, as long as it fits to what is held. */
async function readOn({ held, ...args }: TailArgs & { held: LogTail | undefined }) {
  if (held && args.lines > FIRST_LINES) {
    const end = await readTail({ ...args, lines: FIRST_LINES });
    const joined = join(held, end);
    if (joined) return joined;
  }
  return await readTail(args);
}

function join(held: LogTail, end: LogTail): LogTail | null {
  const continuation = continuationOf(held, end);
  if (continuation === null || continuation.before !== "") return null;
  const log = held.log.replace(/\ufffd+$/, "") + continuation.after;
  if (log.length > MAX_JOINED) return null;
  return { ...end, log, offset: held.offset, truncated: held.truncated };
}

function logUrl(name: string): string {
  return `/api/services/${encodeURIComponent(name)}/log`;
}
