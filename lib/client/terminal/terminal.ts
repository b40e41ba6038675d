import type { Line } from "./line";
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
    return copy;
  }

  open(): Line[] {
    return this.screen.lines();
  }

  feed(chunk: string): Line[] {
    const text = this.highSurrogate + chunk;
    const settled: Line[] = [];
    const end = endsInHighSurrogate(text) ? text.length - 1 : text.length;
    this.highSurrogate = text.slice(end);
    for (let i = 0; i < end; ) {
      i = this.mode === "text" ? this.readText(text, i, end) : this.readSequence(text, i);
      settled.push(...this.screen.settle());
    }
    return settled;
  }

  private readText(text: string, from: number, end: number): number {
    let i = from;
    let code = text.charCodeAt(i);
    while (i < end && code >= 0x20 && code < 0x7f) code = text.charCodeAt(++i);
    if (i > from) {
      this.screen.writeAscii(text.slice(from, i));
      return i;
    }
    if (code < 0xa0) {
      if (code === ESC) this.mode = "escape";
      else this.screen.control(code);
      return i + 1;
    }
    while (i < end && code >= 0xa0) code = text.charCodeAt(++i);
    this.screen.writeWide(text.slice(from, i));
    return i;
  }

  private readSequence(text: string, i: number): number {
    const code = text.charCodeAt(i);
    if (this.mode === "string") this.readString(code, text.charAt(i));
    else if (code === CAN || code === SUB) this.mode = "text";
    else if (code === ESC) this.mode = "escape";
    else if (code < 0x20) this.screen.control(code);
    else if (code >= 0x7f) return this.abandon(code, i);
    else if (this.mode === "csi") this.readCsi(code, text.charAt(i));
    else this.readEscape(code);
    return i + 1;
  }

  /** Text has no place in a sequence: the sequence ends, and the text is read as such. */
  private abandon(code: number, i: number): number {
    if (code < 0xa0) return i + 1;
    this.mode = "text";
    return i;
  }

  private readEscape(code: number): void {
    const char = String.fromCharCode(code);
    if (code < 0x30) this.mode = "charset";
    else if (this.mode === "escape" && char === "[") this.begin("csi");
    else if (this.mode === "escape" && "]PX^_".includes(char)) this.begin("string");
    else {
      if (this.mode === "escape" && char === "c") this.screen.freshLine();
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
  private readString(code: number, char: string): void {
    if (code === ESC) this.mode = "escape";
    else if (code === BEL || code === CAN || code === SUB || code === 0x9c) this.mode = "text";
    else {
      if (code === LF) this.swallowedLines++;
      if (this.swallowedLines === 0) return;
      this.swallowed += char;
      const tooMuch = this.swallowed.length >= MAX_STRING_TEXT;
      if (this.swallowedLines < MAX_STRING_LINES && !tooMuch) return;
      this.mode = "text";
      this.giveBack(this.swallowed);
    }
  }

  private giveBack(text: string): void {
    for (let i = 0; i < text.length; ) i = this.readText(text, i, text.length);
  }

  private readCsi(code: number, char: string): void {
    if (code < 0x40) {
      if (this.parameters.length <= MAX_PARAMETERS) this.parameters += char;
      return;
    }
    this.mode = "text";
    if (this.parameters.length <= MAX_PARAMETERS && /^[\d;:]*$/.test(this.parameters)) {
      this.screen.execute(char, this.parameters);
    }
  }
}

function endsInHighSurrogate(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}
