import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import type { Activity, ActivityEntry, ActivityResult } from "@/lib/contract/activity";
import { request } from "./api";
import { POLLED } from "./updates";

/** What is looked for; an empty text looks for nothing in particular. */
export type ActivityFilter = {
  actor: string;
  /** The part of an action before its dot: "update". */
  action: string;
  target: string;
  result: ActivityResult | "";
  q: string;
};

const ALL = ["activity"];
const POLL_MS = 5000;
/** Once older entries are loaded, every one of them is asked for again. */
const LONG_LIST_POLL_MS = 30_000;

export function activityQuery(filter: ActivityFilter) {
  return infiniteQueryOptions({
    queryKey: [...ALL, filter],
    queryFn: ({ pageParam, signal }) =>
      request<Activity>(activityUrl(filter, pageParam), { signal }),
    initialPageParam: "",
    getNextPageParam: ({ more, entries }) => (more ? entries.at(-1)?.id : undefined),
    refetchInterval: ({ state }) =>
      state.data && state.data.pages.length > 1 ? LONG_LIST_POLL_MS : POLL_MS,
    placeholderData: keepPreviousData,
    ...POLLED,
  });
}

/** What people and scripts did, asked for again as soon as something has been done on this page. */
export function useActivity(filter: ActivityFilter) {
  const client = useQueryClient();
  useEffect(() => {
    return client.getMutationCache().subscribe((event) => {
      const isOver = event.type === "updated" && ["success", "error"].includes(event.action.type);
      if (isOver) void client.invalidateQueries({ queryKey: ALL });
    });
  }, [client]);
  return useInfiniteQuery(activityQuery(filter));
}

/** Everybody who is named in what was loaded, whatever it was filtered by. */
export function knownActors(client: QueryClient): string[] {
  const lists = client.getQueriesData<{ pages: Activity[] }>({ queryKey: ALL });
  const entries = lists.flatMap(([, list]) => list?.pages.flatMap((page) => page.entries) ?? []);
  return [...new Set(entries.map(({ actor }: ActivityEntry) => actor))].sort();
}

function activityUrl(filter: ActivityFilter, before: string): string {
  const wishes = Object.entries({ ...filter, before }).filter(([, value]) => value !== "");
  const query = new URLSearchParams(wishes).toString();
  return query === "" ? "/api/activity" : `/api/activity?${query}`;
}
