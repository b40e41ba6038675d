import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import type { useActivity } from "@/lib/client/activity";

/** The way to what was done before. */
export function Older({ query }: { query: ReturnType<typeof useActivity> }) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error } = query;
  if (!hasNextPage) return null;
  return (
    <div className="activity-older">
      <Button
        aria-disabled={isFetchingNextPage || undefined}
        onClick={() => isFetchingNextPage || void query.fetchNextPage()}
      >
        {isFetchingNextPage ? "Loading" : "Older"}
      </Button>
      <p role="status" className="second-line">
        {isFetchNextPageError && error !== null ? sentenceOf(error) : null}
      </p>
    </div>
  );
}
