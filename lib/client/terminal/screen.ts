import { Row } from "./row";
import { applySgr, PLAIN, type Style } from "./style";

const BS = 0x08;
const TAB = 0x09;
const LF = 0x0a;
const FF = 0x0c;
const CR = 0x0d;
const NONE: readonly Row[] = [];

/** The rows that a program can still change, and the cursor in them. */
export class Screen {
  /** Those that can still change. */
  rows: Row[];
  private row = 0;
  private column = 0;
  private style: Style = PLAIN;

  constructor(
    private readonly maxColumns: number,
    private readonly reach: number,
  ) {
    this.rows = [new Row(maxColumns, 0)];
  }

  clone(): Screen {
    const copy = new Screen(this.maxColumns, this.reach);
    copy.rows = this.rows.map((row) => row.clone());
    copy.row = this.row;
    copy.column = this.column;
    copy.style = this.style;
    return copy;
  }

  /** Takes the rows away that are out of reach. */
  settle(): readonly Row[] {
    if (this.rows.length <= 2 * this.reach) return NONE;
    const settled = this.rows.splice(0, this.rows.length - this.reach);
    this.row = Math.max(0, this.row - settled.length);
    return settled;
  }

  writeAscii(text: string): void {
    this.column = this.at().writeAscii(this.column, text, this.style);
  }

  writeWide(text: string): void {
    this.column = this.at().writeWide(this.column, text, this.style);
  }

  /** `position` tells where it stands in all that was read, here and below. */
  control(code: number, position: number): void {
    if (code === LF) this.lineFeed(position);
    else if (code === CR) this.column = 0;
    else if (code === BS) this.column = Math.max(0, this.column - 1);
    else if (code === TAB) this.moveTo((Math.floor(this.column / 8) + 1) * 8);
    else if (code > LF && code <= FF) this.lineFeed(position);
  }

  /** `ESC [ parameters final`; what has no meaning in a log does nothing. */
  execute(final: string, parameters: string, position: number): void {
    if (final === "m") {
      this.style = applySgr(this.style, parameters);
      return;
    }
    const given = Number.parseInt(parameters, 10) || 0;
    const count = Math.max(1, given);
    if (final === "A" || final === "F") this.moveRows(-count);
    if (final === "B" || final === "E") this.moveRows(count);
    if (final === "C") this.moveTo(this.column + count);
    if (final === "D") this.moveTo(this.column - count);
    if (final === "E" || final === "F") this.column = 0;
    if (final === "G") this.moveTo(count - 1);
    if (final === "H" || final === "f") this.freshLine(position);
    if (final === "J") this.eraseDisplay(given, position);
    if (final === "K") this.eraseInLine(given);
  }

  /** A log has no screen to clear or to go home on: what was said stays, and the rest goes under it. */
  freshLine(position: number): void {
    this.row = this.rows.length - 1;
    if (this.at().isEmpty()) this.column = 0;
    else this.lineFeed(position);
  }

  private at(): Row {
    const row = this.rows[this.row];
    if (row === undefined) throw new Error("the cursor left the rows");
    return row;
  }

  private lineFeed(position: number): void {
    this.column = 0;
    this.row++;
    if (this.row === this.rows.length) this.rows.push(new Row(this.maxColumns, position + 1));
  }

  private moveTo(column: number): void {
    this.column = Math.max(0, Math.min(column, this.maxColumns));
  }

  private moveRows(count: number): void {
    this.row = Math.max(0, Math.min(this.row + count, this.rows.length - 1));
  }

  private eraseDisplay(what: number, position: number): void {
    if (what === 2 || what === 3) this.freshLine(position);
    if (what !== 0) return;
    this.at().eraseRight(this.column);
    this.rows.length = this.row + 1;
  }

  private eraseInLine(what: number): void {
    if (what === 0) this.at().eraseRight(this.column);
    if (what === 1) this.at().eraseLeft(this.column);
    if (what === 2) this.at().eraseRight(0);
  }
}
