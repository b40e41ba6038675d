import { countOf, formatSize } from "@/components/services/format";
import { Kbd } from "@/components/ui/tag";
import type { LogTail } from "@/lib/contract/logs";
import { LastWritten } from "./last-written";
import { countLines, type Log } from "./use-log";

export function LogFoot({ log }: { log: Log }) {
  const { tail, shown } = log;
  const lines = countLines(shown.view);
  return (
    <footer className="log-foot">
      <span className="mr-auto">{shown.tail && lines > 0 ? linesOf(shown.tail, lines) : null}</span>
      {tail ? (
        <span className="log-only-phone">
          {formatSize(tail.size)}, <LastWritten at={tail.written_at} />
        </span>
      ) : null}
      <span className="log-keys">
        <span>
          <Kbd>/</Kbd> find
        </span>
        <span>
          <Kbd>f</Kbd> follow
        </span>
        <span>
          <Kbd>w</Kbd> wrap
        </span>
        <span>
          <Kbd>g</Kbd> <Kbd>G</Kbd> ends
        </span>
      </span>
    </footer>
  );
}

function linesOf({ offset }: LogTail, lines: number): string {
  return `${offset === 0 ? "All" : "Last"} ${countOf(lines, "line")}`;
}
