import type { JobRecord } from "./update-record";

/** The last updates of a service that one can go back from. */
const SNAPSHOTS_KEPT = 3;
/** The last jobs whose output can be read. */
const JOBS_KEPT = 30;

/** Pure: what of a service's jobs, newest first, is not worth its disk any more. */
export function planPrune(jobs: readonly JobRecord[]): {
  snapshots: JobRecord[];
  jobs: JobRecord[];
} {
  const ended = jobs.filter(({ endedAt, whole }) => endedAt !== null && whole);
  const changing = ended.filter(({ changed }) => changed);
  const kept = new Set(changing.slice(0, SNAPSHOTS_KEPT));
  return {
    snapshots: ended.filter((job) => !kept.has(job)),
    jobs: ended.filter((job) => !kept.has(job) && jobs.indexOf(job) >= JOBS_KEPT),
  };
}
