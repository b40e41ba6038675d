import { CATALOGUE } from "./catalogue";
import { findOwnSource } from "./update-sources";

export type ReconcileResult = "changed" | "same" | "failed" | "skipped";

/** Why a service cannot be updated here; null where it can. */
export function whySkipped(name: string): string | null {
  try {
    findOwnSource(name);
    return null;
  } catch {
    return CATALOGUE.has(name) ? "it is part of the image" : "there is no such service";
  }
}

export function countResults(results: readonly ReconcileResult[]): string {
  const count = (result: ReconcileResult) => results.filter((one) => one === result).length;
  const parts = [
    `${results.length} asked for`,
    `${count("changed")} changed`,
    `${count("same")} already there`,
    `${count("failed")} failed`,
    `${count("skipped")} skipped`,
  ];
  return `Updates: ${parts.join(", ")}`;
}
