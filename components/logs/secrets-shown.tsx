import { Eye } from "lucide-react";
import { Button } from "@/components/ui/button";

/** As long as secrets are shown, so that nobody copies or shows around a log that holds them by mistake. */
export function SecretsShown({ onHide }: { onHide: () => void }) {
  return (
    <div className="log-stale" role="status">
      <Eye className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
      <span>Passwords and tokens in this log are shown.</span>
      <Button size="small" className="ml-auto" onClick={onHide}>
        Hide them
      </Button>
    </div>
  );
}
