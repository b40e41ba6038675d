import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type {
  Commit,
  HistoryEntry,
  ServiceVersion,
  StartRollback,
  StartUpdate,
  UpdateJob,
  UpdatePlan,
  UpdateSettings,
  UpdateSettingsAnswer,
  UpdateStatus,
} from "@/lib/contract/updates";
import { postJson, request } from "./api";
import { unlessStreaming } from "./live/signals";
import { type JobSummary, POLLED, updateJobsQuery, versionsQuery } from "./updates";

/** What is asked once, and again only when somebody asks. */
const ONCE = {
  ...POLLED,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  refetchOnWindowFocus: false,
} as const;
const HISTORY_LIMIT = 500;

/** The versions that a person may choose from. */
export type Refs = {
  branches: { name: string; sha: string }[];
  tags: { name: string; sha: string }[];
  versions: string[];
  commits: Commit[];
};

/** What a plan is asked for: the newest, one version, or what was there before a job. */
export type PlanTarget = { to?: string | undefined; back?: string | undefined };

export function updateStatusQuery(name: string) {
  return queryOptions({
    queryKey: ["updates", "status", name],
    queryFn: ({ signal }) => request<UpdateStatus>(updateUrl(name, "status"), { signal }),
    refetchInterval: ({ state }) => unlessStreaming(state.data?.state === "running" ? 500 : 5000),
    ...POLLED,
  });
}

/** Changes nothing, though it is a POST. */
export function updatePlanQuery(name: string, { to, back }: PlanTarget) {
  const body = back === undefined ? { target_version: to ?? null } : { rollback_to: back };
  return queryOptions({
    queryKey: ["updates", "plan", name, body],
    queryFn: ({ signal }) =>
      request<UpdatePlan>(updateUrl(name, "plan"), { ...postJson(body), signal }),
    ...ONCE,
  });
}

export function updateRefsQuery(name: string) {
  return queryOptions({
    queryKey: ["updates", "refs", name],
    queryFn: ({ signal }) => request<Refs>(updateUrl(name, "refs"), { signal }),
    ...ONCE,
  });
}

export function updateHistoryQuery() {
  return queryOptions({
    queryKey: ["updates", "history"],
    queryFn: ({ signal }) =>
      request<HistoryEntry[]>(`/api/updates/history?limit=${HISTORY_LIMIT}`, { signal }),
    refetchInterval: 30_000,
    ...POLLED,
  });
}

/** The whole output of a job, and what comes to it. */
export function updateOutputStreamUrl(name: string, job: string): string {
  return `${updateUrl(name, "log/stream")}?job=${encodeURIComponent(job)}&stream=out&lines=50000`;
}

export function updateOutputUrl(name: string, job: string): string {
  return `${updateUrl(name, "log")}?job=${encodeURIComponent(job)}`;
}

export function useStartUpdate(name: string) {
  return useJobRequest<StartUpdate>(name, "start");
}

/** `to` is the job whose snapshot is put back. */
export function useRollback(name: string) {
  return useJobRequest<StartRollback>(name, "rollback");
}

export function useCancelUpdate(name: string) {
  return useJobRequest<void>(name, "cancel");
}

export function useUpdateSettings(name: string) {
  return useMutation({
    networkMode: "always",
    mutationFn: (settings: UpdateSettings) =>
      request<UpdateSettingsAnswer>(`/api/services/${encodeURIComponent(name)}/settings/update`, {
        ...postJson(settings),
        method: "PUT",
      }),
    onSettled: (_data, _error, _settings, _result, { client }) =>
      client.invalidateQueries({ queryKey: versionsQuery().queryKey }),
  });
}

/** Asks every source anew; what is known stays until the answers come. */
export function useCheckNow() {
  return useMutation({
    networkMode: "always",
    mutationFn: () => request<ServiceVersion[]>("/api/services/versions?refresh=true&wait=false"),
    onSuccess: async (versions, _variables, _result, { client }) => {
      const { queryKey } = versionsQuery();
      // What was asked for before does not know that it is being checked.
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, versions);
    },
  });
}

export function useRefreshAfterJob() {
  const client = useQueryClient();
  return () => refreshAfterJob(client);
}

/** What a job that ended has changed. */
export function refreshAfterJob(client: QueryClient) {
  for (const key of [versionsQuery().queryKey, updateHistoryQuery().queryKey, ["services"]]) {
    void client.invalidateQueries({ queryKey: key });
  }
}

function useJobRequest<Body>(name: string, verb: "start" | "rollback" | "cancel") {
  return useMutation({
    networkMode: "always",
    mutationFn: (body: Body) => request<UpdateJob>(updateUrl(name, verb), postJson(body ?? {})),
    onSuccess: (job, _body, _result, { client }) => keepJob(client, job),
  });
}

/** Shown at once, before the next question for the jobs. */
export function keepJob(client: QueryClient, job: UpdateJob) {
  client.setQueryData<UpdateStatus>(updateStatusQuery(job.name).queryKey, job);
  client.setQueryData<JobSummary[]>(updateJobsQuery().queryKey, (jobs = []) =>
    jobs.some(({ name }) => name === job.name)
      ? jobs.map((other) => (other.name === job.name ? job : other))
      : [job, ...jobs],
  );
}

function updateUrl(name: string, verb: string): string {
  return `/api/services/${encodeURIComponent(name)}/update/${verb}`;
}
