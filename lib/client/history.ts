import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ServiceHistory } from "@/lib/contract/history";
import type { Service } from "@/lib/contract/services";
import { request } from "./api";

export const DAY_HOURS = 24;
const REFETCH_MS = 60_000;
const TIMEOUT_MS = 20_000;
const FIRST_EVENTS = 12;
const OLDER_EVENTS = 60;
const POLLED = { networkMode: "always", retry: false } as const;

/** What happened to every service in the last 24 hours, in one answer. */
export function dayHistoryQuery() {
  return queryOptions({
    queryKey: ["day-history"],
    queryFn: ({ signal }) =>
      ask<ServiceHistory[]>(`/api/services/history?hours=${DAY_HOURS}`, signal),
    refetchInterval: REFETCH_MS,
    staleTime: REFETCH_MS / 2,
    ...POLLED,
  });
}

/** What happened to one service, newest first; each further page is older. */
export function serviceHistoryQuery(name: string) {
  return infiniteQueryOptions({
    queryKey: ["history", name],
    queryFn: ({ pageParam, signal }) => {
      const which =
        pageParam === null
          ? `limit=${FIRST_EVENTS}`
          : `limit=${OLDER_EVENTS}&before=${encodeURIComponent(pageParam)}`;
      const path = `/api/services/${encodeURIComponent(name)}/history?${which}`;
      return ask<ServiceHistory>(path, signal);
    },
    initialPageParam: null as string | null,
    // A page holds all of its oldest millisecond, so the next one ends before that.
    getNextPageParam: ({ events, complete }) => (complete ? null : events[0]?.at),
    select: ({ pages }) => pages.flatMap(({ events }) => [...events].reverse()),
    staleTime: REFETCH_MS / 2,
    ...POLLED,
  });
}

/** Asks what happened as soon as the service is seen in another state, or as another process. */
export function useFreshHistory({ name, state, pid }: Service) {
  const client = useQueryClient();
  const now = `${state} ${pid}`;
  const seen = useRef(now);
  useEffect(() => {
    if (seen.current === now) return;
    seen.current = now;
    void client.invalidateQueries({ queryKey: dayHistoryQuery().queryKey });
    void client.invalidateQueries({ queryKey: serviceHistoryQuery(name).queryKey });
  }, [client, name, now]);
}

function ask<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  return request<Answer>(path, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
}
