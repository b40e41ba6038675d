import { Fragment, type ReactNode } from "react";
import type { Line } from "@/lib/client/terminal/line";
import { PLAIN, type Style } from "@/lib/client/terminal/style";
import { classOf, coloursOf } from "./style-class";

export type Range = { start: number; end: number };
type Part = { at: number; text: string; style: Style; hit: Range | null };

/** The text of a line in its colours, with what was found in it marked. */
export function LineParts({
  line,
  hits,
  now,
}: {
  line: Line;
  hits: readonly Range[];
  now: Range | null;
}) {
  const parts = partsOf(line, hits);
  return (
    <>
      {/* A line without text would have no height, and be lost in what is copied. */}
      {parts.length === 0
        ? "\n"
        : parts.map((part) => <LinePart key={part.at} {...part} now={now} />)}
      {line.cut > 0 ? (
        <span className="log-cut"> … {line.cut} more columns, all of them in the download</span>
      ) : null}
    </>
  );
}

function LinePart({ text, style, hit, now }: Part & { now: Range | null }) {
  const marked: ReactNode =
    hit === null ? text : <mark className={hit === now ? "log-hit-now" : undefined}>{text}</mark>;
  if (style === PLAIN) return <Fragment>{marked}</Fragment>;
  return (
    <span className={classOf(style)} style={coloursOf(style)}>
      {marked}
    </span>
  );
}

/** Spans, cut where a hit begins or ends. */
function partsOf(line: Line, hits: readonly Range[]): Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (const { text, style } of line.spans) {
    const end = start + text.length;
    const cuts = hits.flatMap((hit) => [hit.start, hit.end]).filter((at) => at > start && at < end);
    let at = start;
    for (const to of new Set([...cuts, end])) {
      const from = at;
      const hit = hits.find((candidate) => candidate.start <= from && candidate.end > from) ?? null;
      parts.push({ at, text: text.slice(at - start, to - start), style, hit });
      at = to;
    }
    start = end;
  }
  return parts;
}
