import type { LogMark, LogStream } from "@/lib/contract/logs";
import type { Line } from "../terminal/line";

export type Level = "error" | "warn" | "info" | "debug" | "none";

export interface LineEntry {
  readonly kind: "line";
  /** Of this entry alone, for as long as the book holds it; says nothing about order. */
  readonly id: number;
  readonly service: string;
  readonly stream: LogStream;
  readonly file: string;
  /** Byte at which the line starts in that file. */
  readonly offset: number;
  /** In ms: when it arrived; for the past what the line itself says, or null. */
  readonly at: number | null;
  readonly line: Line;
  /** Of the record that the line belongs to: the worst of its lines. */
  readonly level: Level;
  /** The id of the record's first line, which may no longer be held. */
  readonly record: number;
}

export interface MarkEntry {
  readonly kind: "mark";
  readonly id: number;
  readonly mark: LogMark;
  readonly at: number;
}

export type Entry = LineEntry | MarkEntry;

/** At most 50 neighbours, which are drawn, kept and thrown away together. */
export interface Block {
  readonly key: number;
  readonly entries: readonly Entry[];
}

/** A log of which lines were read, and where reading on towards its beginning starts. */
export interface Source {
  readonly service: string;
  readonly stream: LogStream;
  /** The file that its oldest held line is in. */
  readonly file: string;
  /** Byte at which that line starts; without lines, the one behind all that was read. */
  readonly oldest: number;
  /** There is nothing older in that file. */
  readonly atStart: boolean;
}

/** What a book holds. Blocks and entries that did not change since the view before are the same objects. */
export interface BookView {
  readonly blocks: readonly Block[];
  readonly lines: number;
  /** Lines ever added at the end, less those that their program took back. */
  readonly received: number;
  /** Lines ever dropped at the front. */
  readonly dropped: number;
  /** How many records there are of each; a traceback counts once. */
  readonly levels: Readonly<Record<Level, number>>;
  readonly sources: readonly Source[];
}
