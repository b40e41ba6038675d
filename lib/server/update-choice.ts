import type { UpdatePolicy } from "@/lib/contract/updates";
import { policyOf, type UpdatesConfig } from "./adapters/updates-config";

/** What the user wants of a service's versions. */
export type UpdateChoice = {
  policy: UpdatePolicy;
  /** What the next boot installs; null where it installs nothing, or the newest. */
  pinned: string | null;
  skip: string | null;
};

export const NO_CHOICE: UpdateChoice = { policy: "manual", pinned: null, skip: null };

/** `enabled = false` at the top of the file outranks what stands below it. */
export function choiceOf({ enabled, services }: UpdatesConfig, name: string): UpdateChoice {
  const entry = services.get(name);
  if (!entry) return NO_CHOICE;
  const policy = enabled ? policyOf(entry) : "manual";
  return { policy, pinned: policy === "pinned" ? entry.target : null, skip: entry.skip };
}
