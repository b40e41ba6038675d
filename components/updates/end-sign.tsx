import { Check, Undo2 } from "lucide-react";
import { SignIcon } from "@/components/services/lamp";
import type { JobSummary } from "@/lib/client/updates";

type End = Pick<JobSummary, "state" | "whole">;

/** How it ended, by shape. */
export function EndSign({ job: { state, whole } }: { job: End }) {
  if (!whole) return <SignIcon sign="backoff" />;
  if (state === "done") return <Check className="sign text-running" aria-hidden="true" />;
  if (state === "rolled_back") return <Undo2 className="sign" aria-hidden="true" />;
  return <SignIcon sign={state === "cancelled" ? "stopped" : "fatal"} />;
}

const words = {
  running: "Running",
  done: "Done",
  error: "Failed",
  cancelled: "Cancelled",
  rolled_back: "Rolled back",
};

/** The sentence for its end. */
export function endTitle({ outcome, state }: Pick<JobSummary, "outcome" | "state">): string {
  return outcome ?? words[state];
}
