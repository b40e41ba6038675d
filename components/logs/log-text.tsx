import { memo } from "react";
import type { Line } from "@/lib/client/terminal/line";
import { BLOCK_LINES, type Block } from "@/lib/client/terminal/view";
import { LineParts } from "./line-parts";

/** Only what changed is drawn anew: blocks and lines that stayed the same come as the same objects. */
export const LogText = memo(function LogText({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block) => (
    <LogBlock key={Math.floor(block.first / BLOCK_LINES)} block={block} />
  ));
});

const LogBlock = memo(function LogBlock({ block }: { block: Block }) {
  const height = { "--lines": block.lines.length } as React.CSSProperties;
  return (
    <div className="log-block" style={height}>
      {block.lines.map((line, i) => {
        const id = block.first + i;
        return <LogLine key={id} line={line} />;
      })}
    </div>
  );
});

const LogLine = memo(function LogLine({ line }: { line: Line }) {
  return (
    <div className="log-line">
      <LineParts line={line} hits={NO_HITS} now={null} />
    </div>
  );
});

const NO_HITS: never[] = [];
