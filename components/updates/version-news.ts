import type { ServiceVersion } from "@/lib/contract/updates";
import { formatAge, nameVersion, shortVersion } from "./format";
import { nothingToUpdate } from "./nothing-to-update";

type Act = {
  verb: "Update" | "Look" | "Mend";
  /** The job to look at. */
  job?: string;
};

export type VersionNews = {
  kind:
    | "nothing"
    | "interrupted"
    | "checking"
    | "unasked"
    | "failed"
    | "available"
    | "skipped"
    | "pinned"
    | "current";
  words: string;
  act?: Act | undefined;
};

/** The one thing to say of a version, the most urgent first. */
export function versionNews(version: ServiceVersion): VersionNews {
  const { installed, latest, failed } = version;
  const isOffered = version.update_available && latest !== null;
  const update = isOffered ? ({ verb: "Update" } as const) : undefined;

  const nothing = nothingToUpdate(version);
  if (nothing) return { kind: "nothing", words: nothing };
  if (version.interrupted) {
    return { kind: "interrupted", words: "update interrupted", act: { verb: "Mend" } };
  }
  if (version.checking) return { kind: "checking", words: "checking", act: update };
  if (failed && (!isOffered || isSame(failed.target, latest))) {
    const words = `${shortVersion(failed.target)} failed ${formatAge(new Date(failed.at))} ago`;
    return { kind: "failed", words, act: { verb: "Look", job: failed.job_id } };
  }
  if (version.check_error !== null)
    return { kind: "unasked", words: unasked(version), act: update };
  if (isOffered) return { kind: "available", words: `→ ${nameVersion(latest)}`, act: update };
  if (version.skipped !== null) {
    return { kind: "skipped", words: `skipped ${shortVersion(version.skipped)}` };
  }
  if (version.policy === "pinned" && latest !== null && latest !== installed) {
    return { kind: "pinned", words: `pinned, newest is ${shortVersion(latest)}` };
  }
  return { kind: "current", words: latest === null ? "" : "up to date" };
}

/** "could not ask github.com, 3 h old": how old is what is known. */
function unasked({ check_error, checked_at, latest }: ServiceVersion): string {
  const host = check_error?.match(/\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b/i)?.[0] ?? "its source";
  const age = checked_at === null ? "" : `, ${formatAge(new Date(checked_at))} old`;
  const known = latest === null || age === "" ? "" : age;
  return `could not ask ${host}${known}`;
}

/** A target is a full commit or a version, `latest` as people see it. */
function isSame(target: string, latest: string): boolean {
  return shortVersion(target) === shortVersion(latest);
}
