"use client";

import { Annunciator } from "@/components/services/annunciator";
import { formatTime } from "@/components/services/format";
import { SupportSection } from "@/components/support/support-section";
import { ErrorPart } from "@/components/ui/error-part";
import { useTitle } from "@/components/updates/use-updating";
import { useLiveServices } from "@/lib/client/services";
import { AccessSettings } from "./access-settings";

export function SettingsScreen() {
  const query = useLiveServices();
  const services = query.data ?? [];
  const staleSince = query.isError ? formatTime(new Date(query.dataUpdatedAt)) : null;
  useTitle("Settings", services);

  return (
    <>
      <header className="top">
        <h1>Settings</h1>
        {query.data ? <Annunciator services={services} staleSince={staleSince} /> : null}
      </header>
      <div className="content">
        <ErrorPart name="Who may use this machine">
          <AccessSettings />
        </ErrorPart>
        <SupportSection />
      </div>
    </>
  );
}
