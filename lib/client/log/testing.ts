import type { LogStream, LogTail, LogText } from "@/lib/contract/logs";
import type { BookView, Entry, LineEntry, MarkEntry } from "./types";

const START = Date.UTC(2026, 1, 11, 10);

/** A file that is written to, and the events that tell of it. */
export function writer(options: Partial<Pick<LogText, "service" | "stream" | "file">> = {}) {
  const { service = "comfy", stream = "out", file = "f1" } = options;
  let written = "";
  return {
    service,
    stream,
    file,
    text(): string {
      return written;
    },
    size(): number {
      return bytes(written);
    },
    /** What is written is past where `past` gives when, in ms. */
    write(text: string, { at = START, past = false } = {}): LogText {
      const offset = bytes(written);
      written += text;
      const end = offset + bytes(text);
      return { service, stream, file, offset, end, at: iso(at), past, text };
    },
    /** As the server answers for a part of the file. */
    tail(from: number, to: number): LogTail {
      return tailOf({ stream, file }, written, from, to);
    },
  };
}

function tailOf(
  { stream, file }: { stream: LogStream; file: string },
  written: string,
  from: number,
  to: number,
): LogTail {
  const all = new TextEncoder().encode(written);
  const log = new TextDecoder("utf-8", { ignoreBOM: true }).decode(all.slice(from, to));
  const end = Math.min(to, all.length);
  const rest = { path: "/log", size: all.length, truncated: false, written_at: iso(START) };
  return { log, stream, file, offset: from, end, ...rest };
}

export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function entriesOf({ blocks }: BookView): Entry[] {
  return blocks.flatMap(({ entries }) => entries);
}

export function linesOf(view: BookView): LineEntry[] {
  return entriesOf(view).filter((entry) => entry.kind === "line");
}

export function marksOf(view: BookView): MarkEntry[] {
  return entriesOf(view).filter((entry) => entry.kind === "mark");
}

export function textsOf(view: BookView): string[] {
  return linesOf(view).map(({ line }) => line.text);
}

/** Lines as their text, marks as their kind in angle brackets. */
export function shown(view: BookView): string[] {
  return entriesOf(view).map((entry) =>
    entry.kind === "line" ? entry.line.text : `<${entry.mark.kind}>`,
  );
}

/** The entry of the line with this text. */
export function lineWith(view: BookView, text: string): LineEntry {
  const entry = linesOf(view).find(({ line }) => line.text === text);
  if (!entry) throw new Error(`no line ${text}`);
  return entry;
}
