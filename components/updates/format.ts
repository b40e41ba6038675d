import { formatDuration } from "@/components/services/format";

const FULL_COMMIT = /^[0-9a-f]{40}$/;

/** "2 h", "3 d": the coarsest unit alone. */
export function formatAge(date: Date, now = Date.now()): string {
  const [count, unit] = formatDuration((now - date.getTime()) / 1000).split(" ");
  return `${count} ${unit}`;
}

/** As people name it among others of the same service: "a055947" of "main@a055947" or a full commit. */
export function shortVersion(version: string | null): string {
  if (version === null) return "its version";
  return nameVersion(version.slice(version.lastIndexOf("@") + 1));
}

/** "main@a055947", "6.10.0"; a full commit is cut. */
export function nameVersion(version: string): string {
  return FULL_COMMIT.test(version) ? version.slice(0, 7) : version;
}
