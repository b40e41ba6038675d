import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { useClearLog } from "@/lib/client/logs";
import type { LogStreams } from "@/lib/contract/logs";

type ClearLogProps = {
  name: string;
  display: string;
  stream: LogStreams;
  onDone: () => void;
  onCancel: () => void;
};

const what = { out: "the out log", err: "the err log", both: "both logs" };
const rest = { out: "The err log stays.", err: "The out log stays.", both: "" };

/** Asks in place; the safe button has the focus. */
export function ClearLog({ name, display, stream, onDone, onCancel }: ClearLogProps) {
  const clear = useClearLog(name, stream);
  return (
    <section className="log-ask" aria-label="Clear log">
      <p className="wrap-anywhere">
        {clear.error ? (
          <span role="alert">{sentenceOf(clear.error)}</span>
        ) : (
          `This deletes all that is in ${what[stream]} of ${display}, for good. ${rest[stream]}`
        )}
      </p>
      <div className="buttons">
        <Button size="small" onClick={onCancel} autoFocus>
          Keep it
        </Button>
        <Button
          size="small"
          variant="danger"
          disabled={clear.isPending}
          onClick={() => clear.mutate(undefined, { onSuccess: onDone })}
        >
          Clear {what[stream]}
        </Button>
      </div>
    </section>
  );
}
