"use client";

import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { Ago } from "@/components/services/ago";
import { Annunciator } from "@/components/services/annunciator";
import { sentenceOf } from "@/components/services/errors";
import { formatTime } from "@/components/services/format";
import { SignIcon } from "@/components/services/lamp";
import { Panels } from "@/components/services/panels";
import { Button } from "@/components/ui/button";
import { ErrorPart } from "@/components/ui/error-part";
import { notify } from "@/components/ui/toast";
import { useLiveServices } from "@/lib/client/services";
import { useCheckNow } from "@/lib/client/update-details";
import { versionsQuery } from "@/lib/client/updates";
import { History } from "./history-section";
import { Needs } from "./needs";
import { useTitle } from "./use-updating";

export function UpdatesScreen() {
  const query = useLiveServices();
  const services = query.data ?? [];
  const staleSince = query.isError ? formatTime(new Date(query.dataUpdatedAt)) : null;
  useTitle("Updates", services);

  return (
    <>
      <header className="top">
        <h1>Updates</h1>
        {query.data ? <Annunciator services={services} staleSince={staleSince} /> : null}
        <CheckNow />
      </header>
      <div className="content">
        <ErrorPart name="What needs a look">
          <Needs services={services} />
        </ErrorPart>
        <ErrorPart name="The history of updates">
          <History services={services} />
        </ErrorPart>
      </div>
      {query.isPending ? null : <Panels services={services} />}
    </>
  );
}

function CheckNow() {
  const { data: versions = [] } = useQuery(versionsQuery());
  const check = useCheckNow();
  const isChecking = check.isPending || versions.some(({ checking }) => checking);
  const times = versions.flatMap(({ checked_at }) => checked_at ?? []);
  const last = times.toSorted().at(-1);

  function checkNow() {
    if (!isChecking) check.mutate(undefined, { onError: sayUnchecked });
  }
  return (
    <div className="ml-auto flex items-center gap-2">
      <span className="second-line not-on-phones whitespace-nowrap" role="status">
        {isChecking ? "checking" : null}
        {last !== undefined && !isChecking ? (
          <>
            checked <Ago at={new Date(last)} />
          </>
        ) : null}
      </span>
      <Button aria-disabled={isChecking || undefined} onClick={checkNow}>
        <RefreshCw strokeWidth={1.75} aria-hidden="true" />
        <span className="max-[599px]:sr-only">Check now</span>
      </Button>
    </div>
  );
}

function sayUnchecked(error: Error) {
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title: "The sources were not asked",
    text: sentenceOf(error),
  });
}
