"use client";

import { Annunciator } from "@/components/services/annunciator";
import { formatTime } from "@/components/services/format";
import { ErrorPart } from "@/components/ui/error-part";
import { useTitle } from "@/components/updates/use-updating";
import { useLiveServices } from "@/lib/client/services";
import { ActivityList } from "./activity-list";

/** Who did what here, people and scripts. */
export function ActivityScreen() {
  const query = useLiveServices();
  const services = query.data ?? [];
  const staleSince = query.isError ? formatTime(new Date(query.dataUpdatedAt)) : null;
  useTitle("Activity", services);

  return (
    <>
      <header className="top">
        <h1>Activity</h1>
        {query.data ? <Annunciator services={services} staleSince={staleSince} /> : null}
      </header>
      <div className="content">
        <ErrorPart name="The activity">
          <ActivityList services={services} />
        </ErrorPart>
      </div>
    </>
  );
}
