import type { PackageChange } from "@/lib/contract/updates";
import type { JobStore } from "./adapters/job-store";
import { AppError } from "./errors";
import type { Snapshot, Staged } from "./update-parts";
import type { JobRecord } from "./update-record";

/** What was there before a job, and all that the service's own updates have changed in its environment since. */
export type Undo = { snapshot: Snapshot; changes: PackageChange[] };

/** Throws `not_found` where it is not kept any more. */
export async function changesSince(
  store: JobStore<JobRecord>,
  name: string,
  jobId: string,
): Promise<Undo> {
  const snapshot = await store.file<Snapshot>(name, jobId, "snapshot.json").read();
  if (snapshot === null)
    throw new AppError("not_found", `Nothing is kept of ${name} from before the update ${jobId}.`);
  const since = (await store.list(name)).filter(({ id, changed }) => changed && id >= jobId);
  const staged = since
    .reverse()
    .map(({ id }) => store.file<Staged>(name, id, "staged.json").read());
  const changes = (await Promise.all(staged)).map((one) => one?.resolution?.changes ?? []);
  return { snapshot, changes: joinChanges(changes) };
}

/** Pure: several lists of changes, oldest first, as one. */
export function joinChanges(lists: readonly (readonly PackageChange[])[]): PackageChange[] {
  const joined = new Map<string, PackageChange>();
  for (const change of lists.flat()) {
    const earlier = joined.get(change.name);
    joined.set(change.name, { ...change, from: earlier ? earlier.from : change.from });
  }
  return [...joined.values()].filter(({ from, to }) => from !== to);
}
