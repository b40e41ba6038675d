import { type Style, sameStyle } from "./style";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A logical line: what stands between two line ends once every overwriting is done. */
export interface Line {
  readonly text: string;
  readonly spans: readonly Span[];
  /** Columns that were written past the longest line kept, and are not in `text`. */
  readonly cut: number;
}

export const EMPTY_LINE: Line = { text: "", spans: [], cut: 0 };
/** What grows while text is added to it. */
export type Runs = { text: string; style: Style }[];

/** Adds to the last run where the style is the same. */
export function addRun(runs: Runs, text: string, style: Style): void {
  const last = runs.at(-1);
  if (last && sameStyle(last.style, style)) last.text += text;
  else runs.push({ text, style });
}

/** Blanks at the end that nothing shows are cut: progress bars are wiped with them. */
export function lineOf(runs: Runs, cut: number): Line {
  const spans = runs.map((run) => ({ ...run }));
  for (let last = spans.at(-1); last && isInvisibleBlank(last.style); last = spans.at(-1)) {
    last.text = withoutBlankEnd(last.text);
    if (last.text !== "") break;
    spans.pop();
  }
  return spans.length === 0 && cut === 0 ? EMPTY_LINE : { text: textOf(spans), spans, cut };
}

function withoutBlankEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === " ") end--;
  return text.slice(0, end);
}

function isInvisibleBlank(style: Style): boolean {
  return style.bg === null && !style.inverse && !style.underline && !style.strike;
}

function textOf(spans: readonly Span[]): string {
  const [first, ...rest] = spans;
  return rest.length === 0 ? (first?.text ?? "") : spans.map((span) => span.text).join("");
}
