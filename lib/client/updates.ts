import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ServiceVersion, UpdateJob } from "@/lib/contract/updates";
import { request } from "./api";
import { unlessStreaming } from "./live/signals";

export const POLLED = { networkMode: "always", retry: false } as const;

/** A job as the list of jobs has it. */
export type JobSummary = Omit<UpdateJob, "output_tail">;

/** Answers at once with what is known, and is asked again while sources are still being asked. */
export function versionsQuery() {
  return queryOptions({
    queryKey: ["updates", "versions"],
    queryFn: ({ signal }) =>
      request<ServiceVersion[]>("/api/services/versions?wait=false", { signal }),
    refetchInterval: ({ state }) => (state.data?.some(({ checking }) => checking) ? 1000 : 60_000),
    staleTime: 1000,
    ...POLLED,
  });
}

/** The newest job of each service that has one. */
export function updateJobsQuery() {
  return queryOptions({
    queryKey: ["updates", "jobs"],
    queryFn: ({ signal }) => request<JobSummary[]>("/api/updates/jobs", { signal }),
    refetchInterval: ({ state }) => unlessStreaming(state.data?.some(isRunning) ? 1000 : 5000),
    refetchIntervalInBackground: true,
    staleTime: 500,
    ...POLLED,
  });
}

export function isRunning(job: Pick<UpdateJob, "state">): boolean {
  return job.state === "running";
}

export function useRunningJob(name: string): JobSummary | undefined {
  const { data } = useQuery(updateJobsQuery());
  return data?.find((job) => job.name === name && isRunning(job));
}

export function useVersion(name: string): ServiceVersion | undefined {
  const { data } = useQuery(versionsQuery());
  return data?.find((version) => version.name === name);
}
