import type { ServiceVersion } from "@/lib/contract/updates";

/** Why there is nothing to update, in words; null where there may be. */
export function nothingToUpdate(version: ServiceVersion): string | null {
  const { update_supported, installed, interrupted, checking } = version;
  if (!update_supported) return "Part of the image";
  return installed === null && !interrupted && !checking ? "not installed" : null;
}
