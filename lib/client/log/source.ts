import type { LogStream, LogText } from "@/lib/contract/logs";
import type { Line } from "../terminal/line";
import type { Row } from "../terminal/row";
import { Terminal } from "../terminal/terminal";
import { type Item, LineItem, type MarkItem } from "./items";
import { levelOf } from "./levels";
import { offsetsIn } from "./offsets";
import type { Pages } from "./pages";
import { type Group, join, label } from "./records";
import { timeOf } from "./times";

/** A row that its program can still change; without an item as long as it shows nothing. */
type OpenRow = { row: Row; file: string; offset: number; item: LineItem | null };
type Arrival = Pick<LineItem["origin"], "arrived" | "near">;

/** Files that were read from before a rotation, and of which the end is still known. */
const KNOWN_FILES = 16;

/** One log: its emulator, and what its rows are in the list. */
export class LogSource {
  /** Where it was read to. */
  file = "";
  end = 0;
  /** Its first line in the list, null without one; undefined where that has to be looked up. */
  first: LineItem | null | undefined = null;
  /** The last mark that its file was emptied. */
  emptied: MarkItem | null = null;
  /** Lines of the past, which have no place in the list yet. */
  readonly waiting = new Set<LineItem>();
  /** Lines that were ever added, less those that were taken back. */
  received = 0;
  private terminal = new Terminal();
  private open: OpenRow[] = [];
  /** The record of the last line that can no longer change. */
  private group: Group | null = null;
  private arrival: Arrival = { arrived: null, near: 0 };
  private readonly ends = new Map<string, number>();
  private isRead = false;

  constructor(
    readonly service: string,
    readonly stream: LogStream,
    private readonly pages: Pages,
  ) {}

  owns(item: Item): item is LineItem {
    if (item.kind !== "line") return false;
    return item.origin.service === this.service && item.origin.stream === this.stream;
  }

  read(event: LogText): void {
    if (event.file !== this.file || event.offset !== this.end) this.breakOff();
    const at = Date.parse(event.at);
    this.arrival = { arrived: event.past ? null : at, near: at };
    this.moveTo(event.file, event.end);
    this.placeEmptyRow(event);
    const before = this.terminal.length;
    const settled = this.terminal.read(event.text);
    this.follow([...settled, ...this.terminal.rows()], event, before);
    this.show(settled.length);
    this.settle(settled.length);
    this.isRead = true;
  }

  /** What comes next is from another file; an unfinished line goes on in it. */
  moveTo(file: string, end: number): void {
    if (file !== this.file) this.ends.set(this.file, this.end);
    for (const [old] of this.ends) if (this.ends.size > KNOWN_FILES) this.ends.delete(old);
    this.file = file;
    this.end = end;
  }

  endOf(file: string): number {
    return file === this.file ? this.end : (this.ends.get(file) ?? 0);
  }

  /** What comes next does not follow on what came last. Returns the record that was read last. */
  breakOff(): Group | null {
    this.refresh();
    this.open = this.open.filter(({ item }) => item !== null);
    this.settle(this.open.length);
    const { group } = this;
    if (group) label(group);
    this.group = null;
    this.open = [];
    this.terminal = new Terminal();
    return group;
  }

  /** Takes back rows that were left empty at the end, and holds the lines of records together. */
  refresh(): void {
    if (!this.isRead) return;
    this.isRead = false;
    for (const open of this.open.toReversed()) {
      if (!isBlank(open.row.line())) break;
      this.takeBack(open);
    }
    let group = this.group && { ...this.group, items: [...this.group.items] };
    for (const { item } of this.open) if (item) group = joined(group, item);
    if (group) label(group);
  }

  /** Its first lines, which are `held`, may go on with a record that only now was read. */
  lead(group: Group, held: Iterable<Item>): void {
    const open = new Set<Item | null>(this.open.map(({ item }) => item));
    for (const item of held) {
      if (!this.owns(item)) continue;
      if (open.has(item)) {
        this.group = group;
        this.isRead = true;
        break;
      }
      if (join(group, item) !== group) break;
    }
    label(group);
  }

  /** A row of which nothing was read yet begins where this text does, which may be in another file. */
  private placeEmptyRow({ file, offset }: LogText): void {
    const last = this.open.at(-1);
    if (last?.row.start === this.terminal.length) Object.assign(last, { file, offset });
  }

  /** `rows` are those of the text that was just read, and those before it that are still open. */
  private follow(rows: readonly Row[], event: LogText, before: number): void {
    const gone = this.open.findIndex(({ row }, i) => row !== rows[i]);
    const same = gone === -1 ? this.open.length : gone;
    for (const open of this.open.splice(same)) this.takeBack(open);
    const offsetAt = offsetsIn(event);
    for (const row of rows.slice(same)) {
      const offset = offsetAt(row.start - before);
      this.open.push({ row, file: event.file, offset, item: null });
    }
  }

  /** Rows get their place in the list once they, or rows below them, show something. */
  private show(settled: number): void {
    const last = this.open.findLastIndex(({ row }) => !isBlank(row.line()));
    for (const open of this.open.slice(0, Math.max(settled, last + 1))) this.draw(open);
  }

  private draw(open: OpenRow): void {
    const line = open.row.line();
    if (open.item?.line === line) return;
    if (open.item === null || this.isDropped(open.item)) open.item = this.add(open);
    const { item } = open;
    item.line = line;
    item.own = levelOf(line.text);
    if (item.origin.arrived === null) item.at = timeOf(line.text, item.origin.near);
    item.changed();
  }

  /** The list grew over the row's old place: what changes in it from now on is seen at the end. */
  private isDropped(item: LineItem): boolean {
    return item.page === null && !this.waiting.has(item);
  }

  private add({ file, offset }: OpenRow): LineItem {
    const { service, stream } = this;
    const item = new LineItem({ service, stream, file, offset, ...this.arrival });
    if (item.origin.arrived === null) this.waiting.add(item);
    else {
      this.pages.push(item);
      this.first ??= item;
    }
    this.received += 1;
    return item;
  }

  private takeBack(open: OpenRow): void {
    if (open.item === null) return;
    this.received -= 1;
    this.waiting.delete(open.item);
    this.pages.remove(open.item);
    open.item = null;
  }

  private settle(count: number): void {
    for (const { item } of this.open.splice(0, count)) {
      if (item) this.group = joined(this.group, item);
    }
  }
}

/** The group that the item belongs to; one that came to its end by that gets its labels. */
function joined(group: Group | null, item: LineItem): Group {
  const next = join(group, item);
  if (group && next !== group) label(group);
  return next;
}

function isBlank({ text, cut }: Line): boolean {
  return text === "" && cut === 0;
}
