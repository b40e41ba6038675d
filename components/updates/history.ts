import type { HistoryEntry } from "@/lib/contract/updates";

export type Show = "all" | "failed" | "boot";
export type HistoryFilter = { text: string; show: Show };

export const wholeHistory: HistoryFilter = { text: "", show: "all" };

export type Result = { word: string; detail: string | null };

export function resultOf(entry: HistoryEntry): Result {
  const { state, reason, before, after, error = null } = entry;
  if (state === "rolled_back") return { word: "Rolled back", detail: error };
  if (state === "error") return { word: "Failed", detail: error };
  if (state === "cancelled") return { word: "Cancelled", detail: error };
  if (before !== null && before === after) {
    return { word: "Already there", detail: "nothing to do" };
  }
  return { word: reason === "rollback" ? "Went back" : "Installed", detail: null };
}

/** Who or what began it. */
export function triggerOf({ reason, actor }: HistoryEntry): string {
  if (reason === "boot_reconcile") return "boot";
  return !actor || actor === "user" ? "you" : actor;
}

export function matchesHistory(entry: HistoryEntry, { text, show }: HistoryFilter): boolean {
  const failed = entry.state === "error" || entry.state === "rolled_back";
  if (show === "failed" && !failed) return false;
  if (show === "boot" && entry.reason !== "boot_reconcile") return false;
  const { word, detail } = resultOf(entry);
  const { display, service, before, after, target } = entry;
  const words = [display, service, before, after, target, word, detail, triggerOf(entry)];
  const sought = text.trim().toLowerCase();
  return words.some((part) => part?.toLowerCase().includes(sought));
}
