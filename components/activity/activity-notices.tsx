import { TriangleAlert, Unplug } from "lucide-react";
import { sentenceOf } from "@/components/services/errors";
import { formatClock } from "@/components/services/format";

type ActivityNoticesProps = {
  /** Why what is done now cannot be written down. */
  problem: string | null;
  /** Why the list could not be asked for again. */
  error: Error | null;
  updatedAt: number;
};

/** What is wrong with the list itself. */
export function ActivityNotices({ problem, error, updatedAt }: ActivityNoticesProps) {
  return (
    <>
      {problem === null ? null : (
        <section className="notice warn card" aria-label="What is missing">
          <TriangleAlert strokeWidth={1.75} aria-hidden="true" />
          <p>
            <strong>What is done now is not written down.</strong> {problem}
          </p>
        </section>
      )}
      {error === null ? null : (
        <section className="notice unknown card" aria-label="How old this is">
          <Unplug strokeWidth={1.75} aria-hidden="true" />
          <p>
            <strong>This is the list of {formatClock(new Date(updatedAt))}.</strong>{" "}
            {sentenceOf(error)}
          </p>
        </section>
      )}
    </>
  );
}
