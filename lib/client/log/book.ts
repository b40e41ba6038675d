import type { LogMark, LogStream, LogTail, LogText } from "@/lib/contract/logs";
import { gapsOf, leftOf, skippedItem } from "./gaps";
import { type Item, type LineItem, MarkItem } from "./items";
import { type Stretch, stretchBetween } from "./offsets";
import { Pages } from "./pages";
import { datePast, readPast } from "./past";
import { LogSource } from "./source";
import type { BookView, Source } from "./types";

interface BookOptions {
  /** Marks count too. */
  maxLines: number;
}

/** So long before its first line a service may have been started. */
const LEADS_MS = 60_000;

type SourceName = { service: string; stream: LogStream };

const LEVELS = ["error", "warn", "info", "debug", "none"] as const;
const EMPTY: BookView = {
  blocks: [],
  lines: 0,
  received: 0,
  dropped: 0,
  levels: { error: 0, warn: 0, info: 0, debug: 0, none: 0 },
  sources: [],
};

/**
 * The lines of one or several logs in the order in which they arrived, each as a terminal shows it.
 *
 * It follows: beyond `maxLines` the oldest go. Once the reader looks back (`hold`, and whatever loads lines
 * for them) it grows to twice as many, and from then on it is the newest that are not kept: a `skipped` mark
 * at the end stands for them. `follow` ends that.
 */
export class LogBook {
  private readonly maxLines: number;
  private readonly pages = new Pages();
  private readonly sources: LogSource[] = [];
  private readonly missing = new Set<LogSource>();
  private current = EMPTY;
  private hasChanged = false;
  private isHeld = false;
  private dropped = 0;

  constructor(options: Partial<BookOptions> = {}) {
    this.maxLines = options.maxLines ?? 50_000;
  }

  text(event: LogText): void {
    const source = this.sourceOf(event);
    this.missing.delete(source);
    source.read(event);
    this.trim();
  }

  mark(mark: LogMark): void {
    const item = new MarkItem(mark);
    if (mark.kind === "state") {
      // What happened before the stream began is told late; what happens now comes with the lines around it.
      if (!mark.past) this.pages.push(item);
      else if (this.hasPlaceFor(item)) this.pages.merge([item], null);
    } else if (this.followMark(mark, item)) {
      this.pages.push(item);
    }
    this.trim();
  }

  /**
   * Puts lines in front of the oldest of their source, or as many of them as are older; returns how many.
   * Where they do not reach up to it, a mark stands for what is between.
   */
  older({ service, stream }: SourceName, tail: LogTail): number {
    this.placeWaiting();
    const source = this.sourceOf({ service, stream });
    if (source.file === "") source.moveTo(tail.file, tail.end);
    if (this.isEmptied(source)) return 0;
    const start = this.startOf(source);
    const limit = tail.file === start.file ? start.oldest : tail.end;
    const part = stretchBetween(stretchOf(tail), 0, limit);
    const at = tail.written_at;
    const { items, group } = readPast({ ...part, service, stream, file: tail.file, at });
    const [first] = items;
    if (first === undefined) return 0;
    const next = this.firstOf(source);
    const isJoined = tail.file === start.file && part.end === start.oldest;
    const bridge =
      next && !isJoined ? [bridgeTo(next, { file: tail.file, end: part.end, at })] : [];
    for (const mark of bridge) mark.when = items.at(-1)?.when ?? mark.when;
    this.pages.merge([...items, ...bridge], next);
    source.first = first;
    if (group && next && isJoined) source.lead(group, this.pages.from(next));
    this.hold();
    return items.length;
  }

  /** Puts lines in the place of a `skipped` mark; it stays with what is still missing. */
  fill(id: number, tail: LogTail): void {
    const mark = this.pages.find(
      (item): item is MarkItem => item.kind === "mark" && item.id === id,
    );
    if (mark?.mark.kind !== "skipped" || tail.file !== mark.mark.file) return;
    const gap = mark.mark;
    const part = stretchBetween(stretchOf(tail), gap.from, gap.to);
    const { items } = readPast({ ...gap, ...part });
    if (items.length === 0) return;
    const left = leftOf(gap, { from: part.offset, to: part.end, lines: items.length });
    const front = left.front && skippedItem(left.front, gap.at);
    const end = left.end && skippedItem(left.end, gap.at);
    const rest = front ?? end;
    if (rest) rest.id = mark.id;
    this.pages.replace(
      mark,
      [front, ...items, end].filter((item) => item !== null),
    );
    this.hold();
  }

  /** The reader looks at what is held: the oldest stay, until `follow`. */
  hold(): void {
    this.isHeld = true;
    this.trim();
  }

  /** The reader looks at the end again. */
  follow(): void {
    this.isHeld = false;
    this.trim();
  }

  /** Forgets all lines; what comes goes on from where the logs were read to. */
  clear(): void {
    this.placeWaiting();
    this.dropFront(0);
    this.follow();
  }

  /** Blocks and entries that did not change since the last one are the same objects. */
  view(): BookView {
    if (!this.hasChanged) return this.current;
    for (const source of this.sources) source.refresh();
    this.placeWaiting();
    this.trim();
    this.hasChanged = false;
    const levels = { error: 0, warn: 0, info: 0, debug: 0, none: 0 };
    let lines = 0;
    const blocks = this.pages.views().map((page) => {
      lines += page.lines;
      for (const level of LEVELS) levels[level] += page.levels[level];
      return page.block;
    });
    const received = this.sources.reduce((sum, source) => sum + source.received, 0);
    const sources = this.sources.flatMap((source) => this.placeOf(source));
    this.current = { blocks, lines, received, dropped: this.dropped, levels, sources };
    return this.current;
  }

  private sourceOf({ service, stream }: SourceName): LogSource {
    const known = this.sources.find((each) => each.service === service && each.stream === stream);
    if (known) return known;
    const source = new LogSource(service, stream, this.pages);
    this.sources.push(source);
    return source;
  }

  /**
   * Between lines without times nobody knows where it happened, and long before the first line it is about
   * other lines. Behind all of them it may stand.
   */
  private hasPlaceFor({ mark, when }: MarkItem): boolean {
    this.placeWaiting();
    const isOwn = (item: Item): item is LineItem =>
      item.kind === "line" && item.origin.service === mark.service;
    const first = this.pages.find(isOwn);
    if (first === null) return false;
    const later = this.pages.find((item): item is LineItem => isOwn(item) && item.when > when);
    if (later === null) return true;
    return later.at !== null && when >= first.when - LEADS_MS;
  }

  /** False where the mark says nothing new. */
  private followMark(mark: Exclude<LogMark, { kind: "state" }>, item: MarkItem): boolean {
    const source = this.sourceOf(mark);
    const wasMissing = this.missing.delete(source);
    if (mark.kind === "missing") {
      this.missing.add(source);
      return !wasMissing;
    }
    if (mark.kind !== "rotated") source.breakOff();
    if (mark.kind === "truncated") source.emptied = item;
    source.moveTo(mark.file, mark.kind === "skipped" ? mark.to : 0);
    return true;
  }

  private firstOf(source: LogSource): LineItem | null {
    if (source.first === undefined || source.first?.page === null) {
      source.first = this.pages.find((item) => source.owns(item));
    }
    return source.first;
  }

  private startOf(source: LogSource) {
    const first = this.firstOf(source);
    return first
      ? { file: first.origin.file, oldest: first.origin.offset }
      : { file: source.file, oldest: source.end };
  }

  private placeOf(source: LogSource): Source[] {
    if (source.file === "") return [];
    const { service, stream } = source;
    const start = this.startOf(source);
    const atStart = start.oldest === 0 || this.isEmptied(source);
    return [{ service, stream, ...start, atStart }];
  }

  /** Its oldest lines were in a file that is empty by now, and so is what was in front of them. */
  private isEmptied(source: LogSource): boolean {
    const first = this.firstOf(source);
    return first !== null && source.emptied?.page != null && first.id < source.emptied.id;
  }

  private placeWaiting(): void {
    for (const source of this.sources) {
      if (source.waiting.size === 0) continue;
      const items = [...source.waiting];
      source.waiting.clear();
      source.first = undefined;
      datePast(items);
      this.pages.merge(items, null);
    }
  }

  private trim(): void {
    this.hasChanged = true;
    const most = this.isHeld ? 2 * this.maxLines : this.maxLines;
    const waiting = this.sources.reduce((sum, source) => sum + source.waiting.size, 0);
    if (waiting > this.maxLines) this.placeWaiting();
    if (this.pages.size <= most) return;
    if (this.isHeld) this.dropEnd(most);
    else this.dropFront(most);
  }

  private dropFront(most: number): void {
    const items = this.pages.dropFront(most);
    this.dropped += items.filter(({ kind }) => kind === "line").length;
  }

  private dropEnd(most: number): void {
    const beyond = this.pages.beyond(most);
    for (const source of this.sources) {
      if (beyond.some((item) => source.owns(item))) source.breakOff();
    }
    const items = this.pages.dropEnd(most);
    const at = new Date(items.at(-1)?.when ?? 0).toISOString();
    for (const gap of gapsOf(items, this.sources)) this.pages.push(skippedItem(gap, at));
  }
}

/** What stands between older lines, which end there, and the first line held of their log. */
function bridgeTo(next: LineItem, from: { file: string; end: number; at: string }): MarkItem {
  const { service, stream, file, offset } = next.origin;
  if (from.file !== file) {
    return new MarkItem({ kind: "rotated", service, stream, file, at: from.at });
  }
  return skippedItem({ service, stream, file, from: from.end, to: offset, lines: null }, from.at);
}

function stretchOf({ log, offset, end }: LogTail): Stretch {
  return { text: log, offset, end };
}
