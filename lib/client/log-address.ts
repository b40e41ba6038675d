import { useSearchParams } from "next/navigation";
import type { LogStream } from "@/lib/contract/logs";

export interface OpenLog {
  name: string;
  /** Absent: the one that the server picks. */
  stream: LogStream | undefined;
}

/** Kept with the history entry, so that closing after a reload still goes back. */
const OPENED_HERE = { openedLog: true };

/** The log that the address asks for, as in `?log=comfy&stream=err`, and the ways to change that. */
export function useLogAddress() {
  const open = readLogAddress(useSearchParams());
  return { open, openLog, setStream, close };
}

export function readLogAddress(search: Pick<URLSearchParams, "get">): OpenLog | null {
  const name = search.get("log");
  if (!name) return null;
  const stream = search.get("stream");
  return { name, stream: stream === "out" || stream === "err" ? stream : undefined };
}

/** `search` with the log in it, and everything else in it as it was. */
export function withLog(search: string, log: OpenLog | null): string {
  const params = new URLSearchParams(search);
  params.delete("log");
  params.delete("stream");
  if (log) params.set("log", log.name);
  if (log?.stream) params.set("stream", log.stream);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

function openLog(name: string, stream?: LogStream) {
  const isOpen = readLogAddress(new URLSearchParams(window.location.search)) !== null;
  const url = urlWith({ name, stream });
  if (isOpen) window.history.replaceState(ownState(), "", url);
  else window.history.pushState({ ...OPENED_HERE }, "", url);
}

function setStream(stream: LogStream) {
  const current = readLogAddress(new URLSearchParams(window.location.search));
  if (current) window.history.replaceState(ownState(), "", urlWith({ ...current, stream }));
}

function close() {
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
