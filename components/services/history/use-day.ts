import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { dayHistoryQuery } from "@/lib/client/history";
import type { Service } from "@/lib/contract/services";
import { type Day, dayOf } from "./day";

const NOTHING = { events: [], complete: true };

/** The last 24 hours of a service up to when they were asked for; null before the first answer. */
export function useDay({ name, running, started_at, stopped_at }: Service): Day | null {
  const { data, dataUpdatedAt } = useQuery(dayHistoryQuery());
  return useMemo(() => {
    if (data === undefined) return null;
    const known = data.find((history) => history.name === name) ?? NOTHING;
    // A browser whose clock is behind shows what has just happened all the same.
    const newest = known.events.at(-1);
    const to = Math.max(dataUpdatedAt, newest === undefined ? 0 : Date.parse(newest.at));
    return dayOf(known, { running, started_at, stopped_at }, to);
  }, [data, dataUpdatedAt, name, running, started_at, stopped_at]);
}
