import { addRun, EMPTY_LINE, type Line, lineOf, type Runs } from "./line";
import { PLAIN, type Style } from "./style";
import { columnsOf } from "./width";

type Cell = { char: string; style: Style };

/** Wide characters hold two cells: their text, and this. */
const TAIL = "";

/**
 * A row is a list of runs as long as it is only appended to, which is nearly always, and a list of
 * cells from the first time that something is written into its middle.
 */
export class Row {
  private runs: Runs = [];
  private cells: Cell[] | null = null;
  private width = 0;
  private farthest = 0;
  private marks = 0;
  private snapshot: Line | null = EMPTY_LINE;

  /** `start` tells where in all that was read the row began. */
  constructor(
    private readonly maxColumns: number,
    readonly start: number,
  ) {}

  clone(): Row {
    const copy = new Row(this.maxColumns, this.start);
    copy.runs = this.runs.map((run) => ({ ...run }));
    copy.cells = this.cells && [...this.cells];
    copy.width = this.width;
    copy.farthest = this.farthest;
    copy.marks = this.marks;
    copy.snapshot = this.snapshot;
    return copy;
  }

  /** Writes printable ASCII; returns the column behind it. */
  writeAscii(column: number, text: string, style: Style): number {
    const end = column + text.length;
    this.reach(end);
    const fitting =
      end <= this.maxColumns ? text : text.slice(0, Math.max(0, this.maxColumns - column));
    if (fitting === "") return end;
    if (column === 0 && this.width > 0 && fitting.length >= this.width) this.clear();
    if (this.cells === null && column >= this.width) {
      this.extend(column, column + fitting.length, fitting, style);
    } else {
      for (let i = 0; i < fitting.length; i++) this.put(column + i, fitting.charAt(i), 1, style);
    }
    return end;
  }

  /** Writes any printable text; returns the column behind it. */
  writeWide(column: number, text: string, style: Style): number {
    const columns = plainColumns(text);
    const end = column + columns;
    if (columns > 0 && end <= this.maxColumns) {
      if (column === 0 && columns >= this.width) this.clear();
      if (this.cells === null && column >= this.width) return this.extend(column, end, text, style);
    }
    let at = column;
    for (const char of text) {
      const columns = columnsOf(char.codePointAt(0) ?? 0);
      if (columns === 0) this.attach(at, char);
      else at = this.writeChar(at, char, columns, style);
    }
    return at;
  }

  private writeChar(column: number, char: string, columns: number, style: Style): number {
    const end = column + columns;
    this.reach(end);
    if (end > this.maxColumns) return end;
    if (this.cells === null && column >= this.width) return this.extend(column, end, char, style);
    this.put(column, char, columns, style);
    return end;
  }

  /** Erases from `column` to the end. */
  eraseRight(column: number): void {
    this.snapshot = null;
    this.farthest = Math.min(this.farthest, column);
    if (column >= this.width) return;
    const cells = this.toCells();
    if (cells[column]?.char === TAIL) this.blank(column - 1);
    cells.length = column;
    this.width = column;
    if (column === 0) this.clear();
  }

  /** Erases from the start up to and with `column`. */
  eraseLeft(column: number): void {
    if (column + 1 >= this.width) {
      this.eraseRight(0);
      return;
    }
    this.snapshot = null;
    if (this.toCells()[column + 1]?.char === TAIL) this.blank(column + 1);
    for (let i = 0; i <= column; i++) this.blank(i);
  }

  isEmpty(): boolean {
    return this.width === 0;
  }

  line(): Line {
    const cut = Math.max(0, this.farthest - this.maxColumns);
    this.snapshot ??= lineOf(this.cells ? runsOf(this.cells) : this.runs, cut);
    return this.snapshot;
  }

  private reach(end: number): void {
    this.snapshot = null;
    if (end > this.farthest) this.farthest = end;
  }

  private extend(column: number, end: number, text: string, style: Style): number {
    if (column > this.width) addRun(this.runs, " ".repeat(column - this.width), PLAIN);
    addRun(this.runs, text, style);
    this.width = end;
    this.reach(end);
    return end;
  }

  private put(column: number, char: string, columns: number, style: Style): void {
    const cells = this.toCells();
    while (cells.length < column) cells.push({ char: " ", style: PLAIN });
    if (cells[column]?.char === TAIL) this.blank(column - 1);
    if (cells[column + columns]?.char === TAIL) this.blank(column + columns);
    cells[column] = { char, style };
    if (columns === 2) cells[column + 1] = { char: TAIL, style };
    this.width = cells.length;
  }

  /** A mark without a width joins the character before it; a row keeps no more of them than columns. */
  private attach(column: number, mark: string): void {
    if (column === 0 || column > this.maxColumns || this.marks >= this.maxColumns) return;
    this.marks++;
    this.snapshot = null;
    const last = this.runs.at(-1);
    if (this.cells === null && column === this.width && last) {
      last.text += mark;
      return;
    }
    const cells = this.toCells();
    const base = cells[column - 1]?.char === TAIL ? column - 2 : column - 1;
    const cell = cells[base];
    if (cell) cells[base] = { char: cell.char + mark, style: cell.style };
  }

  private blank(column: number): void {
    this.toCells()[column] = { char: " ", style: PLAIN };
  }

  private clear(): void {
    this.runs = [];
    this.cells = null;
    this.width = 0;
  }

  private toCells(): Cell[] {
    if (this.cells) return this.cells;
    const cells: Cell[] = [];
    for (const { text, style } of this.runs) {
      for (const char of text) {
        const columns = columnsOf(char.codePointAt(0) ?? 0);
        const last = cells.findLast((cell) => cell.char !== TAIL);
        if (columns === 0 && last) last.char += char;
        else cells.push({ char, style });
        if (columns === 2) cells.push({ char: TAIL, style });
      }
    }
    this.runs = [];
    this.cells = cells;
    return cells;
  }
}

/** Columns of a text, or 0 where it has marks without a width, which join other characters. */
function plainColumns(text: string): number {
  let columns = 0;
  for (const char of text) {
    const own = columnsOf(char.codePointAt(0) ?? 0);
    if (own === 0) return 0;
    columns += own;
  }
  return columns;
}

function runsOf(cells: readonly Cell[]): Runs {
  const runs: Runs = [];
  for (const { char, style } of cells) addRun(runs, char, style);
  return runs;
}
