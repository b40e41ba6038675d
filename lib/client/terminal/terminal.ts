import type { Line } from "./line";
import type { Row } from "./row";
import { Screen } from "./screen";

export interface TerminalOptions {
  /** Longer lines lose what is beyond, and say how much in `Line.cut`. */
  maxColumns: number;
  /** How many of the last rows a program can still go back to and change. */
  reach: number;
}

type Mode = "text" | "escape" | "charset" | "csi" | "string";

const DEFAULTS: TerminalOptions = { maxColumns: 16_384, reach: 60 };
const MAX_PARAMETERS = 256;
/** A title or link that was opened and never closed gives back the lines that it swallowed after so many. */
const MAX_STRING_LINES = 4;
const MAX_STRING_TEXT = 16_384;

const BEL = 0x07;
const LF = 0x0a;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;

/**
 * The lines that a terminal without width would show for a program's output. Text goes in, cut anywhere;
 * out come the lines that can no longer change, in order. `open` has the rows after them, which still can.
 */
export class Terminal {
  private screen: Screen;
  private mode: Mode = "text";
  private parameters = "";
  private swallowed = "";
  private swallowedLines = 0;
  private highSurrogate = "";
  /** How much was read before the text that is read now. */
  private before = 0;

  constructor(options: Partial<TerminalOptions> = {}) {
    const { maxColumns, reach } = { ...DEFAULTS, ...options };
    this.screen = new Screen(maxColumns, reach);
  }

  /** An independent terminal in the same state. */
  clone(): Terminal {
    const copy = new Terminal();
    copy.screen = this.screen.clone();
    copy.mode = this.mode;
    copy.parameters = this.parameters;
    copy.swallowed = this.swallowed;
    copy.swallowedLines = this.swallowedLines;
    copy.highSurrogate = this.highSurrogate;
    copy.before = this.before;
    return copy;
  }

  /** UTF-16 units read so far: what `Row.start` counts. */
  get length(): number {
    return this.before + this.highSurrogate.length;
  }

  rows(): readonly Row[] {
    return this.screen.rows;
  }

  open(): Line[] {
    return this.screen.rows.map((row) => row.line());
  }

  feed(chunk: string): Line[] {
    return this.read(chunk).map((row) => row.line());
  }

  /** As `feed`, with the rows themselves: one that can still change stays the same row in `rows`. */
  read(chunk: string): Row[] {
    const text = this.highSurrogate + chunk;
    const settled: Row[] = [];
    const end = endsInHighSurrogate(text) ? text.length - 1 : text.length;
    this.highSurrogate = text.slice(end);
    for (let i = 0; i < end; ) {
      i = this.mode === "text" ? this.readText(text, i, end) : this.readSequence(text, i);
      for (const row of this.screen.settle()) settled.push(row);
    }
    this.before += end;
    return settled;
  }

  /** `start` is where `text` itself begins in all that was read. */
  private readText(text: string, from: number, end: number, start = this.before): number {
    let i = from;
    let code = text.charCodeAt(i);
    while (i < end && code >= 0x20 && code < 0x7f) code = text.charCodeAt(++i);
    if (i > from && (i === end || code < 0xa0)) {
      this.screen.writeAscii(ownCopy(text.slice(from, i)));
      return i;
    }
    if (code < 0xa0) {
      if (code === ESC) this.mode = "escape";
      else this.screen.control(code, start + i);
      return i + 1;
    }
    // With the ASCII behind it, so that a frame of a progress bar is few pieces.
    while (i < end && (code >= 0xa0 || (code >= 0x20 && code < 0x7f))) code = text.charCodeAt(++i);
    this.screen.writeWide(ownCopy(text.slice(from, i)));
    return i;
  }

  private readSequence(text: string, i: number): number {
    const code = text.charCodeAt(i);
    const position = this.before + i;
    if (this.mode === "string") this.readString(code, text.charAt(i), position);
    else if (code === CAN || code === SUB) this.mode = "text";
    else if (code === ESC) this.mode = "escape";
    else if (code < 0x20) this.screen.control(code, position);
    else if (code >= 0x7f) return this.abandon(code, i);
    else if (this.mode === "csi") this.readCsi(code, text.charAt(i), position);
    else this.readEscape(code, position);
    return i + 1;
  }

  /** Text has no place in a sequence: the sequence ends, and the text is read as such. */
  private abandon(code: number, i: number): number {
    if (code < 0xa0) return i + 1;
    this.mode = "text";
    return i;
  }

  private readEscape(code: number, position: number): void {
    const char = String.fromCharCode(code);
    if (code < 0x30) this.mode = "charset";
    else if (this.mode === "escape" && char === "[") this.begin("csi");
    else if (this.mode === "escape" && "]PX^_".includes(char)) this.begin("string");
    else {
      if (this.mode === "escape" && char === "c") this.screen.freshLine(position);
      this.mode = "text";
    }
  }

  private begin(mode: Mode): void {
    this.mode = mode;
    this.parameters = "";
    this.swallowed = "";
    this.swallowedLines = 0;
  }

  /** What an unclosed string swallowed beyond its first line is given back as text. */
  private readString(code: number, char: string, position: number): void {
    if (code === ESC) this.mode = "escape";
    else if (code === BEL || code === CAN || code === SUB || code === 0x9c) this.mode = "text";
    else {
      if (code === LF) this.swallowedLines++;
      if (this.swallowedLines === 0) return;
      this.swallowed += char;
      const tooMuch = this.swallowed.length >= MAX_STRING_TEXT;
      if (this.swallowedLines < MAX_STRING_LINES && !tooMuch) return;
      this.mode = "text";
      this.giveBack(this.swallowed, position + 1 - this.swallowed.length);
    }
  }

  private giveBack(text: string, start: number): void {
    for (let i = 0; i < text.length; ) i = this.readText(text, i, text.length, start);
  }

  private readCsi(code: number, char: string, position: number): void {
    if (code < 0x40) {
      if (this.parameters.length <= MAX_PARAMETERS) this.parameters += char;
      return;
    }
    this.mode = "text";
    if (this.parameters.length <= MAX_PARAMETERS && /^[\d;:]*$/.test(this.parameters)) {
      this.screen.execute(char, this.parameters, position);
    }
  }
}

/** A slice keeps the whole text that it was cut from in memory, a piece of two texts that were joined does not. */
function ownCopy(slice: string): string {
  return ` ${slice}`.slice(1);
}

function endsInHighSurrogate(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}
