"use client";

import { type ReactNode, useState } from "react";
import { AccessNotice } from "@/components/access/access-notice";
import { ErrorPart } from "@/components/ui/error-part";
import { lazily } from "@/components/ui/lazily";
import { soon } from "@/components/ui/soon";
import { useTitle } from "@/components/updates/use-updating";
import { streaming } from "@/lib/client/live/signals";
import { useLiveServices } from "@/lib/client/services";
import { Annunciator } from "./annunciator";
import { BootNotice } from "./boot-notice";
import { ConfigNotice } from "./config-notice";
import { formatDuration, formatTime, needOf } from "./format";
import { Panels } from "./panels";
import { RestartNotice } from "./restart-notice";
import { Services } from "./services";
import { StaleSinceProvider } from "./stale";
import { needsYou } from "./states";

const AwayNotice = lazily(soon(() => import("./away-notice").then((m) => m.AwayNotice)));
const NeverSeen = lazily(() => import("./nothing").then((m) => m.NeverSeen));
const NoPrograms = lazily(() => import("./nothing").then((m) => m.NoPrograms));

/** `skeleton`, drawn by the server alone, stands there until the services do. */
export function ServicesScreen({ skeleton }: { skeleton?: ReactNode }) {
  const query = useLiveServices();
  const isStreaming = streaming.useValue();
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
        {query.data && staleSince === null ? (
          <span className="live" title={isStreaming ? undefined : "Asked every second"}>
            Live
          </span>
        ) : null}
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
        <Body query={query} age={age} skeleton={skeleton} />
      </div>
      {query.isPending ? null : <Panels services={services} />}
    </StaleSinceProvider>
  );
}

type BodyProps = {
  query: ReturnType<typeof useLiveServices>;
  age: number;
  skeleton: ReactNode;
};

function Body({ query, age, skeleton }: BodyProps) {
  // A query without data forgets why it failed when it asks anew.
  const [failure, setFailure] = useState(query.error);
  if (query.error !== null && query.error !== failure) setFailure(query.error);
  if (query.data === undefined) return failure ? <NeverSeen error={failure} /> : skeleton;
  return (
    <>
      <RestartNotice services={query.data}>
        {query.isError ? (
          <AwayNotice error={query.error} since={new Date(query.dataUpdatedAt)} age={age} />
        ) : (
          <>
            <ErrorPart name="Who may use this machine">
              <AccessNotice />
            </ErrorPart>
            <ErrorPart name="What went wrong at the boot">
              <BootNotice />
            </ErrorPart>
            <ErrorPart name="What changed in the config">
              <ConfigNotice services={query.data} />
            </ErrorPart>
          </>
        )}
      </RestartNotice>
      {query.data.length === 0 ? <NoPrograms /> : <Services services={query.data} />}
    </>
  );
}
