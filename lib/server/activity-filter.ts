import type { ActivityEntry, ActivityResult } from "@/lib/contract/activity";
import { sayActivity } from "@/lib/words/activity";

/** What is looked for in the audit; all of it has to fit. */
export type ActivityWish = {
  actor?: string | undefined;
  /** A whole action, or the part before its dot: "update". */
  action?: string | undefined;
  target?: string | undefined;
  result?: ActivityResult | undefined;
  /** A text in what people see of the entry. */
  q?: string | undefined;
  /** The id of the entry that the next one stood before. */
  before?: string | undefined;
  limit: number;
};

export function matchesWish(
  entry: ActivityEntry,
  { actor, action, target, result, q }: ActivityWish,
  displayOf: (service: string) => string,
): boolean {
  if (actor !== undefined && entry.actor !== actor) return false;
  if (action !== undefined && entry.action !== action && !entry.action.startsWith(`${action}.`))
    return false;
  if (target !== undefined && entry.target !== target) return false;
  if (result !== undefined && entry.result !== result) return false;
  if (q === undefined) return true;
  const said = [
    sayActivity(entry, displayOf),
    entry.target,
    entry.actor,
    entry.address,
    entry.detail,
    entry.error,
  ];
  const sought = q.trim().toLowerCase();
  return said.some((text) => text?.toLowerCase().includes(sought));
}
