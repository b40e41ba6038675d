import { ESCAPE, withoutEscapes } from "./escapes";
import { BEGINNINGS, HINT, RULES } from "./secret-rules";

/** From the first character of a secret to behind its last one. */
export type Span = [start: number, end: number];

const ESC = "\x1b";
const ESCAPES = new RegExp(ESCAPE, "g");
/** Those that carry a text: a title, the address of a link. */
const TEXT_ESCAPES = new RegExp(String.raw`${ESC}[\]PX^_][^\r\n${ESC}\x07\x18\x1a]+`, "g");

/**
 * Where secrets stand in some lines, in order and apart from each other; escapes of a terminal may stand in
 * them, and are left out. A text that ends inside a line may end inside a secret: what begins like one counts.
 */
export function secretsIn(text: string, known: readonly string[]): Span[] {
  if (!text.includes(ESC)) return merged(spansOf(text, known));
  const spans = merged(spansOf(withoutEscapes(text), known));
  const shown = spans.length === 0 ? [] : toPieces(spans, piecesOf(text));
  const inEscapes = [...text.matchAll(TEXT_ESCAPES)].flatMap(({ 0: order, index }) => {
    const isWhole = index + order.length < text.length;
    return moved(spansOf(isWhole ? `${order}\n` : order, known), index);
  });
  return merged([...shown, ...inEscapes]);
}

function spansOf(text: string, known: readonly string[]): Span[] {
  if (!HINT.test(text) && !known.some((value) => mayHold(text, value))) return [];
  const found = [...RULES.flatMap((rule) => matchesOf(rule, text)), ...valuesIn(text, known)];
  const start = lastLineStart(text);
  const line = text.slice(start);
  const begun = BEGINNINGS.flatMap((rule) => matchesOf(rule, line));
  return [...found, ...moved([...begun, ...beginningsOf(known, line)], start)];
}

/** Behind the text where it ends with its line. */
export function lastLineStart(text: string): number {
  return Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
}

function matchesOf(rule: RegExp, text: string): Span[] {
  const spans: Span[] = [];
  rule.lastIndex = 0;
  for (let match = rule.exec(text); match; match = rule.exec(text)) {
    const start = match.index + (match[1]?.length ?? 0);
    spans.push([start, match.index + match[0].length]);
  }
  return spans;
}

function valuesIn(text: string, known: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const value of known) {
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
      spans.push([at, at + value.length]);
    }
  }
  return spans;
}

function beginningsOf(known: readonly string[], text: string): Span[] {
  return known.flatMap((value): Span[] => {
    const length = begunLength(text, value);
    return length === 0 ? [] : [[text.length - length, text.length]];
  });
}

function mayHold(text: string, value: string): boolean {
  return text.includes(value) || begunLength(text, value) > 0;
}

/** How many of the last characters are the first ones of the value. */
function begunLength(text: string, value: string): number {
  let length = Math.min(value.length - 1, text.length);
  while (length > 0 && !text.endsWith(value.slice(0, length))) length -= 1;
  return length;
}

/** A stretch that is shown: where it starts in what is shown, and in the text with its escapes. */
type Piece = { shownAt: number; at: number; length: number };

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let shownAt = 0;
  const keep = (at: number, end: number) => {
    if (at < end) pieces.push({ shownAt, at, length: end - at });
    shownAt += end - at;
  };
  let from = 0;
  for (const { 0: order, index } of text.matchAll(ESCAPES)) {
    keep(from, index);
    from = index + order.length;
  }
  keep(from, text.length);
  return pieces;
}

/** Both are in order. */
function toPieces(spans: Span[], pieces: Piece[]): Span[] {
  const found: Span[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    for (; at < pieces.length; at += 1) {
      const piece = pieces[at];
      if (!piece || piece.shownAt >= end) break;
      const pieceEnd = piece.shownAt + piece.length;
      const shift = piece.at - piece.shownAt;
      if (pieceEnd > start)
        found.push([Math.max(start, piece.shownAt) + shift, Math.min(end, pieceEnd) + shift]);
      // It may hold the start of the next one, too.
      if (pieceEnd > end) break;
    }
  }
  return found;
}

function moved(spans: Span[], by: number): Span[] {
  return spans.map(([start, end]): Span => [start + by, end + by]);
}

/** In order, and those that touch as one. */
export function merged(spans: Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
    else all.push([...span]);
  }
  return all;
}
