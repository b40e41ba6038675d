"use client";

import { UpdateHost } from "@/components/updates/update-host";
import type { Service } from "@/lib/contract/services";
import { LogHost } from "./log-host";

/** The log and the panel of updates that the address asks for. */
export function PanelHosts({ services }: { services: Service[] }) {
  return (
    <>
      <UpdateHost services={services} />
      <LogHost services={services} />
    </>
  );
}
