import { memo } from "react";
import type { Hit } from "@/lib/client/log/find";
import type { Block } from "@/lib/client/log/types";
import type { Rows } from "./use-log-filter";

type Kind = "error" | "warn" | "hit";
type Tick = { kind: Kind; from: number };
type Trouble = { kind: "error" | "warn"; index: number };

/** Finer than this nobody tells them apart. */
const STEPS = 300;

type LogRailProps = { rows: readonly Rows[]; found: ReadonlyMap<Block, readonly Hit[]> };

/** Where in the log the errors, the warnings and the hits are, over the bar that scrolls it. */
export const LogRail = memo(function LogRail({ rows, found }: LogRailProps) {
  return (
    <div className="log-rail" aria-hidden="true">
      {ticksOf(rows, found).map(({ kind, from }) => (
        <i key={`${kind} ${from}`} data-kind={kind} style={{ top: `${(100 * from) / STEPS}%` }} />
      ))}
    </div>
  );
});

function ticksOf(rows: readonly Rows[], found: LogRailProps["found"]): Tick[] {
  const total = rows.reduce((sum, { indexes }) => sum + indexes.length, 0);
  const ticks = new Map<string, Tick>();
  let before = 0;
  for (const { block, indexes } of rows) {
    const add = (kind: Kind, index: number) => {
      const at = indexes.indexOf(index);
      const from = Math.floor((STEPS * (before + at)) / total);
      if (at !== -1) ticks.set(`${kind} ${from}`, { kind, from });
    };
    for (const { kind, index } of troublesIn(block)) add(kind, index);
    for (const { id } of found.get(block) ?? []) {
      add(
        "hit",
        block.entries.findIndex((entry) => entry.id === id),
      );
    }
    before += indexes.length;
  }
  return [...ticks.values()];
}

const known = new WeakMap<Block, readonly Trouble[]>();

/** Found once: ten times a second there are thousands of blocks, of which a few are new. */
function troublesIn(block: Block): readonly Trouble[] {
  const before = known.get(block);
  if (before) return before;
  const troubles = block.entries.flatMap((entry, index): Trouble[] => {
    const kind = entry.kind === "line" ? entry.level : "none";
    return kind === "error" || kind === "warn" ? [{ kind, index }] : [];
  });
  known.set(block, troubles);
  return troubles;
}
