import { sentenceOf } from "@/components/services/errors";
import { formatSize } from "@/components/services/format";
import { Button } from "@/components/ui/button";
import { useClearLog } from "@/lib/client/logs";
import type { LogTail } from "@/lib/contract/logs";

type ClearLogProps = { name: string; tail: LogTail; onDone: () => void; onCancel: () => void };

/** Asks in place; the safe button has the focus. */
export function ClearLog({ name, tail, onDone, onCancel }: ClearLogProps) {
  const clear = useClearLog(name, tail.stream);
  return (
    <section className="log-ask" aria-label="Clear log">
      <p className="wrap-anywhere">
        {clear.error ? (
          <span role="alert">{sentenceOf(clear.error)}</span>
        ) : (
          <>
            This deletes all {formatSize(tail.size)} in{" "}
            <span className="font-mono">{tail.path}</span>, for good. {otherStream[tail.stream]}
          </>
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
          Clear the {tail.stream} log
        </Button>
      </div>
    </section>
  );
}

const otherStream = {
  out: "The err log stays.",
  err: "The out log stays.",
};
