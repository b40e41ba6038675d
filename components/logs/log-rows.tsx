import clsx from "clsx";
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { formatClock, formatMoment } from "@/components/services/format";
import type { Hit } from "@/lib/client/log/find";
import type { Block, LineEntry } from "@/lib/client/log/types";
import { LineParts } from "./line-parts";
import { LogMarkRow } from "./log-mark-row";
import type { Fold, Folds } from "./use-log-folds";

/** How rows look in this view, the same for all of them. */
export type RowLook = {
  /** Which services are in the view, by the colour of their name; empty where there is one. */
  tags: ReadonlyMap<string, { display: string; colour: number }>;
  showsStream: boolean;
  folded: Folds;
  /** Rows are what a filter left over, and each leads back to its neighbours. */
  isFiltered: boolean;
};

type LogRowsProps = {
  block: Block;
  indexes: readonly number[];
  hits: readonly Hit[];
  now: Hit | null;
  here: number | null;
  look: RowLook;
};

const NO_HITS: readonly Hit[] = [];

/** Only what changed is drawn anew: blocks and lines that stayed the same come as the same objects. */
export const LogRows = memo(function LogRows({
  block,
  indexes,
  hits,
  now,
  here,
  look,
}: LogRowsProps) {
  return indexes.map((index) => {
    const entry = block.entries[index];
    if (!entry) return null;
    if (entry.kind === "mark") return <LogMarkRow key={entry.id} entry={entry} look={look} />;
    const own = hits.length === 0 ? NO_HITS : hits.filter(({ id }) => id === entry.id);
    return (
      <LogRow
        key={entry.id}
        entry={entry}
        hits={own.length === 0 ? NO_HITS : own}
        now={now?.id === entry.id ? now : null}
        isHere={here === entry.id}
        startsRecord={startsRecord(block, index)}
        look={look}
      />
    );
  });
});

function startsRecord({ entries }: Block, index: number): boolean {
  const entry = entries[index];
  const next = entries[index + 1];
  return entry?.kind === "line" && next?.kind === "line" && next.record === entry.id;
}

type LogRowProps = {
  entry: LineEntry;
  hits: readonly Hit[];
  now: Hit | null;
  isHere: boolean;
  /** Further lines belong to it. */
  startsRecord: boolean;
  look: RowLook;
};

const LogRow = memo(function LogRow({ entry, hits, now, isHere, startsRecord, look }: LogRowProps) {
  const { id, at, stream, service, level, line } = entry;
  const fold = look.folded.get(id);
  const tag = look.tags.get(service);
  const isHead = startsRecord || fold !== undefined;
  return (
    <div
      data-line={id}
      className={clsx(
        "log-row",
        `log-${level}`,
        isHere && "log-here",
        entry.record !== id && "log-more",
      )}
    >
      <span
        className="log-time"
        data-act="link"
        title={
          at === null
            ? "Copy a link to this line"
            : `${formatMoment(new Date(at))}. Copy a link to this line`
        }
      >
        {at === null ? "" : formatClock(new Date(at))}
      </span>
      {tag ? (
        <span className={`log-tag log-tag-${tag.colour}`} title={tag.display}>
          {tag.display}
        </span>
      ) : null}
      {look.showsStream ? <span className="log-stream">{stream}</span> : null}
      <span className="log-fold" data-act={isHead ? "fold" : undefined}>
        {level === "error" || level === "warn" ? <span className="sr-only">{level}</span> : null}
        {isHead ? <FoldIcon isFolded={fold !== undefined} /> : null}
      </span>
      <span className="log-line">
        <LineParts line={line} hits={hits} now={now} />
        {fold ? <FoldNote {...fold} /> : null}
      </span>
      {look.isFiltered ? (
        <button type="button" className="log-context" data-act="context" tabIndex={-1}>
          in context
        </button>
      ) : null}
    </div>
  );
});

function FoldIcon({ isFolded }: { isFolded: boolean }) {
  const Icon = isFolded ? ChevronRight : ChevronDown;
  return (
    <Icon
      className="size-3"
      strokeWidth={2}
      aria-label={isFolded ? "Show the rest" : "Hide the rest"}
    />
  );
}

function FoldNote({ lines, words }: Fold) {
  return (
    <span className="log-foldnote">
      {" "}
      … {lines} lines, the last: {words}
    </span>
  );
}
