"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { Button } from "@/components/ui/button";
import { serviceHistoryQuery } from "@/lib/client/history";
import type { HistoryEvent } from "@/lib/contract/history";
import type { Service } from "@/lib/contract/services";
import { sentenceOf } from "../errors";
import { formatMoment } from "../format";
import { SignIcon } from "../lamp";
import type { Sign } from "../states";
import { isCrash } from "./day";

/** Every start and end of a service, newest first, as far back as supervisord's log goes. */
export function Events({ service }: { service: Service }) {
  const query = useInfiniteQuery(serviceHistoryQuery(service.name));
  if (query.isPending) {
    return (
      <div role="status" className="skeleton h-16">
        <span className="sr-only">Loading what happened</span>
      </div>
    );
  }
  if (query.data === undefined) {
    return <Unread error={query.error} onTryAgain={() => void query.refetch()} />;
  }
  if (query.data.length === 0) {
    return <p className="text-muted">supervisord's log tells nothing of {service.display}.</p>;
  }
  const loadOlder = () => void query.fetchNextPage();
  const moments = query.data.map(({ at }) => formatMoment(new Date(at)));
  return (
    <>
      <ol className={clsx("events", moments.some(isOfAnotherDay) && "with-days")}>
        {query.data.map((event, index) => (
          <li key={`${event.at} ${event.kind} ${event.pid}`}>
            <SignIcon sign={signOfEvent(event)} />
            <time dateTime={event.at}>{moments[index]}</time>
            <span>{event.text}</span>
          </li>
        ))}
      </ol>
      {query.isFetchNextPageError ? <Unread error={query.error} onTryAgain={loadOlder} /> : null}
      {query.hasNextPage && !query.isFetchNextPageError ? (
        <Button
          variant="quiet"
          size="small"
          className="day-older"
          aria-label={`Show older events of ${service.display}`}
          aria-disabled={query.isFetchingNextPage || undefined}
          onClick={() => query.isFetchingNextPage || loadOlder()}
        >
          {query.isFetchingNextPage ? "Loading older" : "Show older"}
        </Button>
      ) : null}
    </>
  );
}

function isOfAnotherDay(moment: string) {
  return moment.includes(",");
}

function Unread({ error, onTryAgain }: { error: Error; onTryAgain: () => void }) {
  return (
    <p role="alert" className="text-muted">
      What happened cannot be read now. {sentenceOf(error)}{" "}
      <button type="button" className="link" onClick={onTryAgain}>
        Try again
      </button>
    </p>
  );
}

const signs: Record<Exclude<HistoryEvent["kind"], "exited">, Sign> = {
  spawned: "starting",
  running: "running",
  stopped: "stopped",
  killed: "stopping",
  spawn_failed: "exitbad",
  gave_up: "fatal",
  supervisord_started: "starting",
  supervisord_ended: "stopped",
};

function signOfEvent(event: HistoryEvent): Sign {
  if (event.kind !== "exited") return signs[event.kind];
  return isCrash(event) ? "exitbad" : "exited";
}
