"use client";

import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { lazily } from "@/components/ui/lazily";
import { soon } from "@/components/ui/soon";
import { useRunningJobs } from "@/components/updates/use-updating";
import type { Service } from "@/lib/contract/services";

const PanelHosts = lazily(soon(() => import("./panel-hosts").then((m) => m.PanelHosts)));

/** What lies over the page once the address asks for it, or an update runs whose end is to be told. */
export function Panels({ services }: { services: Service[] }) {
  const search = useSearchParams();
  const isRunning = useRunningJobs().length > 0;
  const isWanted = isRunning || search.has("log") || search.has("update");
  const [wasWanted, setWasWanted] = useState(isWanted);
  if (isWanted && !wasWanted) setWasWanted(true);
  return wasWanted ? <PanelHosts services={services} /> : null;
}
