"use client";

import { lazily } from "@/components/ui/lazily";
import { UpdateHost } from "@/components/updates/update-host";
import { useTitle } from "@/components/updates/use-updating";
import { useLiveServices } from "@/lib/client/services";
import { Annunciator } from "./annunciator";
import { AwayNotice } from "./away-notice";
import { ConfigNotice } from "./config-notice";
import { formatDuration, formatTime, needOf } from "./format";
import { LogHost } from "./log-host";
import { RestartNotice } from "./restart-notice";
import { Services } from "./services";
import { Skeleton } from "./skeleton";
import { StaleSinceProvider } from "./stale";
import { needsYou } from "./states";

const NeverSeen = lazily(() => import("./nothing").then((m) => m.NeverSeen));
const NoPrograms = lazily(() => import("./nothing").then((m) => m.NoPrograms));

export function ServicesScreen() {
  const query = useLiveServices();
  const services = query.data ?? [];
  const age = query.isError ? (query.errorUpdatedAt - query.dataUpdatedAt) / 1000 : 0;
  const staleSince = query.isError ? formatTime(new Date(query.dataUpdatedAt)) : null;
  const needing = services.filter(needsYou).length;
  useTitle("Services", services, needing === 0 ? null : needOf(needing));

  return (
    <StaleSinceProvider value={staleSince}>
      <header className="top">
        <h1>Services</h1>
        {query.data ? <Annunciator services={services} staleSince={staleSince} /> : null}
        {query.data && staleSince === null ? <span className="live">Live</span> : null}
        {query.data && staleSince !== null ? (
          <span className="live off">
            <span>
              <span className="not-on-phones">Last seen </span>
              {formatDuration(age)} ago
            </span>
          </span>
        ) : null}
      </header>
      <div className="content">
        <Body query={query} age={age} />
      </div>
      {query.isPending ? null : (
        <>
          <UpdateHost services={services} />
          <LogHost services={services} />
        </>
      )}
    </StaleSinceProvider>
  );
}

type BodyProps = { query: ReturnType<typeof useLiveServices>; age: number };

function Body({ query, age }: BodyProps) {
  if (query.isPending) return <Skeleton />;
  if (query.data === undefined) return <NeverSeen error={query.error} />;
  return (
    <>
      <RestartNotice services={query.data}>
        {query.isError ? (
          <AwayNotice error={query.error} since={new Date(query.dataUpdatedAt)} age={age} />
        ) : (
          <ConfigNotice services={query.data} />
        )}
      </RestartNotice>
      {query.data.length === 0 ? <NoPrograms /> : <Services services={query.data} />}
    </>
  );
}
