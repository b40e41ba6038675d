"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Activity as ActivityIcon, SearchX, Unplug } from "lucide-react";
import { useState } from "react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ListSkeleton } from "@/components/ui/list-skeleton";
import { type ActivityFilter, knownActors, useActivity } from "@/lib/client/activity";
import type { Service } from "@/lib/contract/services";
import { ActivityNotices } from "./activity-notices";
import { ActivityTable } from "./activity-table";
import { ActivityTools } from "./activity-tools";
import { Older } from "./older";
import "./activity.css";

const EVERYTHING: ActivityFilter = { actor: "", action: "", target: "", result: "", q: "" };

export function ActivityList({ services }: { services: Service[] }) {
  const [filter, setFilter] = useState(EVERYTHING);
  const query = useActivity(filter);
  const actors = knownActors(useQueryClient());

  if (query.isPending) return <ListSkeleton word="Loading the activity" />;
  if (query.data === undefined) {
    return (
      <Empty
        icon={Unplug}
        title="The activity cannot be read now"
        className="card"
        actions={<Button onClick={() => void query.refetch()}>Try again</Button>}
      >
        {sentenceOf(query.error)}
      </Empty>
    );
  }
  const entries = query.data.pages.flatMap((page) => page.entries);
  const problem = query.data.pages[0]?.problem ?? null;
  const staleness = query.isRefetchError ? query.error : null;
  const isFiltered = Object.values(filter).some((wish) => wish !== "");
  return (
    <>
      <ActivityNotices problem={problem} error={staleness} updatedAt={query.dataUpdatedAt} />
      {entries.length === 0 && !isFiltered ? (
        <Empty icon={ActivityIcon} title="Nothing has been done here yet" className="card">
          What you or a script starts, stops, updates or changes is listed here.
        </Empty>
      ) : (
        <ActivityTools filter={filter} onFilter={setFilter} actors={actors} services={services} />
      )}
      {entries.length === 0 && isFiltered ? (
        <Empty
          icon={SearchX}
          title="Nothing matches"
          className="card"
          actions={<Button onClick={() => setFilter(EVERYTHING)}>Clear filter</Button>}
        >
          The filter hides what is there.
        </Empty>
      ) : null}
      {entries.length > 0 ? <ActivityTable entries={entries} services={services} /> : null}
      <Older query={query} />
    </>
  );
}
