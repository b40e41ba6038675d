import { useSearchParams } from "next/navigation";
import type { LogStreams } from "@/lib/contract/logs";

export interface OpenLog {
  name: string;
  stream: LogStreams;
  /** A line to show, as in `err:FILE:OFFSET`. */
  at: string | undefined;
}

/** Kept with the history entry, so that closing after a reload still goes back. */
const OPENED_HERE = { openedLog: true };

/** The log that the address asks for, as in `?log=comfy&stream=err`. */
export function useLogAddress(): OpenLog | null {
  return readLogAddress(useSearchParams());
}

export function readLogAddress(search: Pick<URLSearchParams, "get">): OpenLog | null {
  const name = search.get("log");
  return name ? { name, ...readView(search) } : null;
}

/** Which of a service's logs an address asks for, and at which line. */
export function readView(search: Pick<URLSearchParams, "get">): Omit<OpenLog, "name"> {
  const stream = search.get("stream");
  const isOne = stream === "out" || stream === "err";
  return { stream: isOne ? stream : "both", at: search.get("at") ?? undefined };
}

/** `search` with the log in it, and everything else in it as it was. */
export function withLog(search: string, log: OpenLog | null): string {
  const params = new URLSearchParams(search);
  for (const key of ["log", "stream", "at"]) params.delete(key);
  if (log) params.set("log", log.name);
  if (log && log.stream !== "both") params.set("stream", log.stream);
  if (log?.at !== undefined) params.set("at", log.at);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** Opens the log, or shows it in place of the one that is open. */
export function openLog(name: string, stream: LogStreams = "both", at?: string) {
  const isOpen = readLogAddress(new URLSearchParams(window.location.search)) !== null;
  const url = urlWith({ name, stream, at });
  if (isOpen) window.history.replaceState(ownState(), "", url);
  else window.history.pushState({ ...OPENED_HERE }, "", url);
}

/** Shows another stream of the log that is open. */
export function showStream(stream: LogStreams) {
  const current = readLogAddress(new URLSearchParams(window.location.search));
  if (current)
    window.history.replaceState(ownState(), "", urlWith({ ...current, stream, at: undefined }));
}

export function closeLog() {
  if (ownState()) window.history.back();
  else window.history.replaceState(null, "", urlWith(null));
}

/** Without what Next keeps there: with it, Next takes the call for its own and misses the new address. */
function ownState(): typeof OPENED_HERE | null {
  const state: unknown = window.history.state;
  const isOwn = typeof state === "object" && state !== null && "openedLog" in state;
  return isOwn ? { ...OPENED_HERE } : null;
}

function urlWith(log: OpenLog | null): string {
  return `${window.location.pathname}${withLog(window.location.search, log)}${window.location.hash}`;
}
