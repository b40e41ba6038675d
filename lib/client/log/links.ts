import type { LogStream } from "@/lib/contract/logs";
import type { Entry, LineEntry } from "./types";

/** Names a line for as long as its file is kept. */
export interface LineLink {
  readonly stream: LogStream;
  readonly file: string;
  readonly offset: number;
}

/** As in `err:FILE:OFFSET`. */
export function linkOf({ stream, file, offset }: Pick<LineEntry, keyof LineLink>): string {
  return `${stream}:${file}:${offset}`;
}

/** Null where it is no link to a line. */
export function parseLink(text: string): LineLink | null {
  const found = /^(out|err):([\w-]{1,64}):(\d{1,15})$/.exec(text);
  if (!found) return null;
  const [, stream, file = "", offset] = found;
  return { stream: stream === "out" ? "out" : "err", file, offset: Number(offset) };
}

/** The lines as text, without colours and without the marks between them. */
export function copyText(entries: readonly Entry[]): string {
  return entries.flatMap((entry) => (entry.kind === "line" ? `${entry.line.text}\n` : [])).join("");
}
