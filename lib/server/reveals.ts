import type { Caller } from "@/lib/contract/access";
import type { ActivityLog } from "./activity";
import { AppError } from "./errors";

/** Who goes on reading within this time still has the log open. */
const OPEN_MS = 10 * 60_000;
const MOST_OPEN = 1000;

/** Who may see the secrets in logs, and the audit of those who do. */
export function createReveals({ record }: Pick<ActivityLog, "record">) {
  /** When each reader was last shown something, the longest ago first. */
  const open = new Map<string, number>();

  function isOpen(key: string): boolean {
    const now = performance.now();
    const last = open.get(key) ?? Number.NEGATIVE_INFINITY;
    open.delete(key);
    open.set(key, now);
    const [oldest] = open.keys();
    if (open.size > MOST_OPEN && oldest !== undefined) open.delete(oldest);
    return now - last < OPEN_MS;
  }

  return {
    /** Throws `forbidden` for those who may only look. Recorded once for each log that somebody opens. */
    allow({ kind, name, scope, address }: Caller, target: string): void {
      const shown = { action: "secrets.revealed", target, actor: name, address } as const;
      if (scope === "full") {
        if (!isOpen(JSON.stringify([kind, name, address, target])))
          record({ ...shown, result: "ok" });
        return;
      }
      const error =
        "Secrets are shown to those who may do everything here, not to who may only look.";
      record({ ...shown, result: "refused", error });
      throw new AppError("forbidden", error);
    },
  };
}
