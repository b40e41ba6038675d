import type { QueryClient } from "@tanstack/react-query";
import { signOf } from "@/components/services/states";
import { servicesQuery } from "@/lib/client/services";
import { isRunning, type JobSummary, updateJobsQuery } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";

/** What is known of the machine; undefined before it is. */
export type Known = { services: Service[] | undefined; jobs: JobSummary[] | undefined };

/** What a person wants to hear of while looking elsewhere. */
export type Happening = {
  name: string;
  title: string;
  text: string;
  /** The update that ended; null where the service itself failed. */
  job: string | null;
};

/** Calls back with what happens from now on, whichever way it comes to be known. Returns how to stop. */
export function watchHappenings(client: QueryClient, tell: (happening: Happening) => void) {
  const look = (): Known => ({
    services: client.getQueryData(servicesQuery().queryKey),
    jobs: client.getQueryData(updateJobsQuery().queryKey),
  });
  let known = look();
  return client.getQueryCache().subscribe(() => {
    const before = known;
    known = look();
    for (const happening of happeningsBetween(before, known)) tell(happening);
  });
}

export function happeningsBetween(before: Known, after: Known): Happening[] {
  return [...failuresBetween(before, after), ...endsBetween(before, after)];
}

/** Of a service that is being updated the end of the update tells. */
function failuresBetween(before: Known, { services = [], jobs = [] }: Known): Happening[] {
  if (before.services === services) return [];
  const updated = new Set(jobs.filter(isRunning).map(({ name }) => name));
  return services.flatMap((service) => {
    const earlier = before.services?.find(({ name }) => name === service.name);
    if (earlier === undefined || updated.has(service.name)) return [];
    const failure = failureBetween(earlier, service);
    if (failure === null) return [];
    const { name, display, cause, detail } = service;
    return {
      name,
      title: `${display} ${failure}`,
      text: cause?.text ?? capitalised(detail),
      job: null,
    };
  });
}

/** Once it is known to crash again and again, each further crash is no news. */
function failureBetween(before: Service, after: Service): string | null {
  const isSameEnd = signOf(before) === signOf(after) && before.stopped_at === after.stopped_at;
  if (signOf(after) === "fatal") return isSameEnd ? null : "failed";
  if (after.flapping) return before.flapping ? null : "keeps crashing";
  return signOf(after) === "exitbad" && !isSameEnd ? "ended with an error" : null;
}

/** Who cancelled an update knows that it ended. */
function endsBetween(before: Known, { services = [], jobs = [] }: Known): Happening[] {
  if (before.jobs === undefined || before.jobs === jobs) return [];
  const wasOver = new Set(before.jobs.filter((job) => !isRunning(job)).map(({ id }) => id));
  return jobs
    .filter((job) => !isRunning(job) && job.state !== "cancelled" && !wasOver.has(job.id))
    .map((job) => {
      const { id, name, outcome, error } = job;
      const display = services.find((service) => service.name === name)?.display ?? name;
      return { name, title: endOf(job, display), text: outcome ?? error ?? "", job: id };
    });
}

function endOf({ state, trigger }: JobSummary, display: string): string {
  if (state === "rolled_back") return `The update of ${display} was rolled back`;
  if (state === "error") return `The update of ${display} failed`;
  return trigger === "rollback" ? `${display} is put back` : `${display} is updated`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
