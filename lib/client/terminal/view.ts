import { continuationOf, type Piece, withoutHalfCharacter } from "./continuation";
import type { Line } from "./line";
import { Terminal } from "./terminal";

/** So many lines are drawn, kept and thrown away together. */
export const BLOCK_LINES = 100;

/** Neighbouring lines. A line keeps its number, which is `first` plus its place, for as long as it is held. */
export interface Block {
  readonly first: number;
  readonly lines: readonly Line[];
}

/** The lines of a log's last answers. Blocks and lines that stayed the same are the same objects. */
export interface LogView {
  readonly piece: Piece;
  readonly blocks: readonly Block[];
  /** Lines that were ever added behind others: grows by what is new. */
  readonly received: number;
  /** How often the text did not follow on the one before: what lay between was never seen. */
  readonly breaks: number;
  readonly first: number;
  readonly settled: readonly Line[];
  readonly terminal: Terminal;
}

export const EMPTY_VIEW: LogView = {
  piece: { log: "", offset: 0 },
  blocks: [],
  received: 0,
  breaks: 0,
  first: 0,
  settled: [],
  terminal: new Terminal(),
};

/** The view after one more answer. `keep` is how many of the last lines it has to hold. */
export function advance(view: LogView, piece: Piece, keep: number): LogView {
  const continuation = continuationOf(view.piece, piece);
  if (continuation === null) return restart(view, piece);
  if (continuation.before !== "") return prepend(view, piece, continuation);
  if (continuation.after === "") return { ...view, piece };
  return append(view, piece, continuation.after, keep);
}

function append(view: LogView, piece: Piece, text: string, keep: number): LogView {
  const terminal = view.terminal.clone();
  const settled = [...view.settled, ...terminal.feed(ownCopy(text))];
  const end = view.first + settled.length + terminal.open().length;
  const first = Math.max(view.first, blockStart(end - keep));
  const kept = settled.slice(first - view.first);
  return build(view, { piece, first, settled: kept, terminal }, end - endOf(view));
}

function prepend(
  view: LogView,
  piece: Piece,
  { before, after }: { before: string; after: string },
): LogView {
  const terminal = new Terminal();
  const settled = terminal.feed(before + withoutHalfCharacter(view.piece.log));
  const first = endOf(view) - settled.length - terminal.open().length;
  settled.push(...terminal.feed(after));
  const held = linesOf(view);
  const reused = settled.map((line, i) => sameOrNew(held[first + i - view.first], line));
  const end = first + settled.length + terminal.open().length;
  return build(view, { piece, first, settled: reused, terminal }, end - endOf(view));
}

function restart(view: LogView, piece: Piece): LogView {
  const terminal = new Terminal();
  const settled = terminal.feed(withoutHalfCharacter(piece.log));
  const first = blockStart(endOf(view) + BLOCK_LINES);
  const added = settled.length + terminal.open().length - 1;
  return { ...build(view, { piece, first, settled, terminal }, added), breaks: view.breaks + 1 };
}

type Parts = Pick<LogView, "piece" | "first" | "settled" | "terminal">;

function build(previous: LogView, parts: Parts, added: number): LogView {
  const lines = withoutEmptyEnd([...parts.settled, ...parts.terminal.open()]);
  const blocks = blocksOf(lines, parts.first, previous.blocks);
  const received = previous.received + added;
  return { ...parts, blocks, received, breaks: previous.breaks };
}

function blocksOf(lines: readonly Line[], first: number, previous: readonly Block[]): Block[] {
  const held = new Map(previous.map((block) => [blockStart(block.first), block]));
  const blocks: Block[] = [];
  for (let at = first; at < first + lines.length; at = blockStart(at) + BLOCK_LINES) {
    const own = lines.slice(at - first, blockStart(at) + BLOCK_LINES - first);
    const old = held.get(blockStart(at));
    blocks.push(old?.first === at && sameLines(old.lines, own) ? old : { first: at, lines: own });
  }
  return blocks;
}

function sameLines(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}

function sameOrNew(old: Line | undefined, line: Line): Line {
  return old && JSON.stringify(old) === JSON.stringify(line) ? old : line;
}

function blockStart(line: number): number {
  return Math.floor(line / BLOCK_LINES) * BLOCK_LINES;
}

function linesOf(view: LogView): Line[] {
  return [...view.settled, ...view.terminal.open()];
}

function endOf(view: LogView): number {
  return view.first + view.settled.length + view.terminal.open().length;
}

/** A log ends with a line end: the row behind it, and rows that bars left empty, show nothing. */
function withoutEmptyEnd(lines: Line[]): Line[] {
  const last = lines.findLastIndex((line) => line.text !== "" || line.cut > 0);
  return lines.slice(0, last + 1);
}

/** A slice keeps the whole string that it was cut from in memory, here one answer for each few lines. */
function ownCopy(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}
