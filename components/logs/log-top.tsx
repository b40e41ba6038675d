import { Button } from "@/components/ui/button";
import { countLines, type Log } from "./use-log";

/** What stands above the first line: the way to older ones, or why there is none. */
export function LogTop({ log, onLoadMore }: { log: Log; onLoadMore: () => void }) {
  const { tail, view } = log.shown;
  if (!tail || tail.offset === 0) return null;
  if (tail.truncated) {
    return (
      <p className="log-note">The answer's limit of 1 MB cuts here. The download has it all.</p>
    );
  }
  const lines = countLines(view).toLocaleString("en-GB").replaceAll(",", "\u2009");
  if (log.more === undefined) {
    return (
      <p className="log-note">More than {lines} lines are not shown. The download has it all.</p>
    );
  }
  return (
    <div className="log-note">
      <Button size="small" aria-disabled={log.isLoadingMore} onClick={onLoadMore}>
        {log.isLoadingMore ? "Loading more" : "Load more"}
      </Button>
    </div>
  );
}
