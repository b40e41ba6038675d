import { Eye, Unplug } from "lucide-react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { openPlan } from "@/lib/client/update-address";

const LINES = ["w-2/3", "w-3/4", "w-1/2", "w-4/5", "w-3/5"];

/** As tall as the beginning of a plan, so that little jumps when that arrives. */
export function PlanLoading() {
  return (
    <>
      <p role="status" className="sr-only">
        Working out what the update would change
      </p>
      <div className="from-to h-[86px]" aria-hidden="true">
        <div className="skeleton h-4 w-28" />
        <div className="skeleton h-4 w-28" />
      </div>
      <p className="text-muted">Asking the source, and working out what would change.</p>
      <div className="grid gap-4" aria-hidden="true">
        {LINES.map((width) => (
          <div key={width} className={`skeleton h-3.5 ${width}`} />
        ))}
      </div>
    </>
  );
}

export function PlanForOthers({ why }: { why: string }) {
  return (
    <Empty icon={Eye} title="Updates are not for readers">
      {why} Who may do everything sees here what an update would change.
    </Empty>
  );
}

type PlanFailedProps = { name: string; to: string | undefined; error: Error; onRetry: () => void };

export function PlanFailed({ name, to, error, onRetry }: PlanFailedProps) {
  return (
    <Empty
      icon={Unplug}
      title="There is no plan"
      actions={
        <>
          <Button onClick={onRetry}>Try again</Button>
          {to === undefined ? null : (
            <Button variant="quiet" onClick={() => openPlan(name)}>
              Back to the newest
            </Button>
          )}
        </>
      }
    >
      {sentenceOf(error)}
    </Empty>
  );
}
