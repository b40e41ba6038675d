import type { LogMark, LogStream } from "@/lib/contract/logs";
import { EMPTY_LINE, type Line } from "../terminal/line";
import type { Block, Entry, Level } from "./types";

/** What the book holds: an entry that still can change, and the last `Entry` that was made of it. */
abstract class Held<E extends Entry> {
  /** Rises with the place in the list; NaN before it has one. */
  id = Number.NaN;
  /** Null before it was placed, and once it was dropped. */
  page: Page | null = null;
  private built: E | null = null;

  /** `when`, in ms, is what it is put in order by among those of other sources. */
  constructor(public when: number) {}

  /** The same object for as long as nothing changed. */
  entry(): E {
    this.built ??= this.build();
    return this.built;
  }

  changed(): void {
    this.built = null;
    if (this.page) this.page.built = null;
  }

  protected abstract build(): E;
}

export interface Origin {
  readonly service: string;
  readonly stream: LogStream;
  readonly file: string;
  readonly offset: number;
  /** In ms: when it arrived. Null for the past. */
  readonly arrived: number | null;
  /** In ms: when its file was written last. */
  readonly near: number;
}

export class LineItem extends Held<Extract<Entry, { kind: "line" }>> {
  readonly kind = "line";
  line: Line = EMPTY_LINE;
  at: number | null;
  /** What the line itself says; `level` is that of its record. */
  own: Level = "none";
  level: Level = "none";
  /** The first line of its record. */
  first: LineItem = this;

  constructor(readonly origin: Origin) {
    super(origin.arrived ?? origin.near);
    this.at = origin.arrived;
  }

  protected build() {
    const { id, at, line, level, first } = this;
    const { service, stream, file, offset } = this.origin;
    const record = first.id;
    return { kind: "line", id, service, stream, file, offset, at, line, level, record } as const;
  }
}

export class MarkItem extends Held<Extract<Entry, { kind: "mark" }>> {
  readonly kind = "mark";

  constructor(readonly mark: LogMark) {
    super(Date.parse(mark.at));
  }

  protected build() {
    return { kind: "mark", id: this.id, mark: this.mark, at: this.when } as const;
  }
}

export type Item = LineItem | MarkItem;

/** Neighbours in the list, and what was made of them when they were last looked at. */
export interface Page {
  key: number;
  items: Item[];
  built: PageView | null;
}

export interface PageView {
  readonly block: Block;
  readonly lines: number;
  /** Of the records that begin here. */
  readonly levels: Readonly<Record<Level, number>>;
}

export function viewOf(page: Page): PageView {
  page.built ??= build(page);
  return page.built;
}

function build({ key, items }: Page): PageView {
  const levels = { error: 0, warn: 0, info: 0, debug: 0, none: 0 };
  let lines = 0;
  for (const item of items) {
    if (item.kind === "mark") continue;
    lines += 1;
    if (item.first === item) levels[item.level] += 1;
  }
  return { block: { key, entries: items.map((item) => item.entry()) }, lines, levels };
}
