import { formatSize } from "@/components/services/format";
import { Kbd } from "@/components/ui/tag";
import type { BookView, Entry } from "@/lib/client/log/types";
import { countLines, formatCount } from "./count-words";
import type { LogFilter } from "./use-log-filter";
import type { LogSearch } from "./use-log-search";

type LogFootProps = { view: BookView; search: LogSearch; filter: LogFilter };

export function LogFoot({ view, search, filter }: LogFootProps) {
  return (
    <footer className="log-foot">
      {/* What a screen reader tells unasked is how the search goes, not each line that comes. */}
      <span role="status" className="empty:hidden">
        {searchedOf(search)}
      </span>
      {searchedOf(search) === null ? <span>{linesOf(view)}</span> : null}
      <span className="mr-auto">{filter.isOn ? hiddenOf(view, filter) : null}</span>
      <span className="log-keys">
        <span>
          <Kbd>/</Kbd> find
        </span>
        <span>
          <Kbd>f</Kbd> follow
        </span>
        <span>
          <Kbd>g</Kbd> <Kbd>G</Kbd> ends
        </span>
        <span>
          <Kbd>?</Kbd> all keys
        </span>
      </span>
    </footer>
  );
}

/** How far the search has come. */
function searchedOf({ found, isSearching, error, count }: LogSearch): string | null {
  if (error) return error.message;
  if (found.length === 0) return null;
  const left = Math.max(...found.map(({ scannedTo, exhausted }) => (exhausted ? 0 : scannedTo)));
  const hits = `${formatCount(count)} older ${count === 1 ? "match" : "matches"}`;
  if (left === 0) return `Searched back to the beginning, ${hits}`;
  return `${isSearching ? "Searching back" : "Searched back"}, ${formatSize(left)} left, ${hits}`;
}

function linesOf({ lines, sources, blocks }: BookView): string | null {
  if (lines === 0) return null;
  if (!sources.every(({ atStart }) => atStart)) {
    return `Last ${countLines(lines)}, scroll up for older`;
  }
  const hasGap = blocks.some(({ entries }) => entries.some(isGap));
  return hasGap ? `${countLines(lines)}, some between them not loaded` : `All ${countLines(lines)}`;
}

function isGap(entry: Entry): boolean {
  return entry.kind === "mark" && entry.mark.kind === "skipped";
}

function hiddenOf({ lines }: BookView, { rows }: LogFilter): string {
  const shown = rows.reduce(
    (sum, { block, indexes }) =>
      sum + indexes.filter((index) => block.entries[index]?.kind === "line").length,
    0,
  );
  return `${countLines(Math.max(0, lines - shown))} hidden by your filter`;
}
