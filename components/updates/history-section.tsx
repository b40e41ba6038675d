"use client";

import { useQuery } from "@tanstack/react-query";
import { History as HistoryIcon, SearchX, Unplug } from "lucide-react";
import { useState } from "react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ListSkeleton } from "@/components/ui/list-skeleton";
import { updateHistoryQuery } from "@/lib/client/update-details";
import type { Service } from "@/lib/contract/services";
import { matchesHistory, wholeHistory } from "./history";
import { HistoryTable } from "./history-table";
import { HistoryTools } from "./history-tools";
import { useRunningJobs } from "./use-updating";
import "./updates.css";

/** What was ever updated, and what is being updated now. */
export function History({ services }: { services: Service[] }) {
  const query = useQuery(updateHistoryQuery());
  const [filter, setFilter] = useState(wholeHistory);
  const jobs = useRunningJobs();

  if (query.isPending) return <ListSkeleton word="Loading the history" />;
  if (query.data === undefined) {
    return (
      <Empty
        icon={Unplug}
        title="The history cannot be read now"
        className="card"
        actions={<Button onClick={() => void query.refetch()}>Try again</Button>}
      >
        {sentenceOf(query.error)}
      </Empty>
    );
  }
  if (query.data.length === 0 && jobs.length === 0) {
    return (
      <Empty icon={HistoryIcon} title="Nothing has been updated here yet" className="card">
        What you or the boot installs is listed here, with its output and the way back.
      </Empty>
    );
  }
  const entries = query.data.filter((entry) => matchesHistory(entry, filter));
  const running = filter === wholeHistory ? jobs : [];
  return (
    <>
      <h2 className="sr-only">History</h2>
      <HistoryTools entries={query.data} filter={filter} onFilter={setFilter} />
      {entries.length === 0 && running.length === 0 ? (
        <Empty
          icon={SearchX}
          title="No update matches"
          className="card"
          actions={<Button onClick={() => setFilter(wholeHistory)}>Clear filter</Button>}
        >
          The filter hides what is there.
        </Empty>
      ) : (
        <HistoryTable entries={entries} running={running} services={services} />
      )}
    </>
  );
}
