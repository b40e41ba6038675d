import { Fragment, memo, type ReactNode } from "react";
import type { Line } from "@/lib/client/terminal/line";
import { PLAIN, type Style } from "@/lib/client/terminal/style";
import { BLOCK_LINES, type Block } from "@/lib/client/terminal/view";
import type { Hit } from "./find";
import { classOf, coloursOf } from "./style-class";

type LogTextProps = {
  blocks: readonly Block[];
  found: ReadonlyMap<Block, readonly Hit[]>;
  now: Hit | null;
};

const NO_HITS: readonly Hit[] = [];

/** Only what changed is drawn anew: blocks and lines that stayed the same come as the same objects. */
export const LogText = memo(function LogText({ blocks, found, now }: LogTextProps) {
  return blocks.map((block) => {
    const hits = found.get(block) ?? NO_HITS;
    const own = now && hits.includes(now) ? now : null;
    const key = Math.floor(block.first / BLOCK_LINES);
    return <LogBlock key={key} block={block} hits={hits} now={own} />;
  });
});

type LogBlockProps = { block: Block; hits: readonly Hit[]; now: Hit | null };

const LogBlock = memo(function LogBlock({ block, hits, now }: LogBlockProps) {
  const height = { "--lines": block.lines.length } as React.CSSProperties;
  return (
    <div className="log-block" data-block style={height}>
      {block.lines.map((line, i) => {
        const id = block.first + i;
        const own = hits.length === 0 ? hits : hits.filter((hit) => hit.line === id);
        if (own.length === 0) return <PlainLine key={id} id={id} line={line} />;
        return <MarkedLine key={id} id={id} line={line} hits={own} now={now} />;
      })}
    </div>
  );
});

const PlainLine = memo(function PlainLine({ id, line }: { id: number; line: Line }) {
  return <LineFrame id={id} line={line} parts={partsOf(line, [])} now={null} />;
});

type MarkedLineProps = { id: number; line: Line; hits: readonly Hit[]; now: Hit | null };

function MarkedLine({ id, line, hits, now }: MarkedLineProps) {
  return <LineFrame id={id} line={line} parts={partsOf(line, hits)} now={now} />;
}

type Part = { at: number; text: string; style: Style; hit: Hit | null };
type LineFrameProps = { id: number; line: Line; parts: readonly Part[]; now: Hit | null };

function LineFrame({ id, line, parts, now }: LineFrameProps) {
  return (
    <div className="log-line" data-line={id}>
      {/* A line without text would have no height, and be lost in what is copied. */}
      {parts.length === 0
        ? "\n"
        : parts.map((part) => <LinePart key={part.at} {...part} now={now} />)}
      {line.cut > 0 ? (
        <span className="log-cut"> … {line.cut} more columns, all of them in the download</span>
      ) : null}
    </div>
  );
}

function LinePart({ text, style, hit, now }: Part & { now: Hit | null }) {
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
function partsOf(line: Line, hits: readonly Hit[]): Part[] {
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
