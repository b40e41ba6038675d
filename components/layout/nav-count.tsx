"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { countOf, needOf } from "@/components/services/format";
import { needsYou } from "@/components/services/states";
import { servicesQuery } from "@/lib/client/services";
import { versionsQuery } from "@/lib/client/updates";

/** `icon` is drawn by the server alone. */
export function NavCount({ icon }: { icon: ReactNode }) {
  const services = useQuery({ ...servicesQuery(), select: (all) => all.filter(needsYou).length });
  if (!services.data) return null;
  return (
    <span className="nav-count">
      {icon}
      <span aria-hidden="true">{services.data}</span>
      <span className="sr-only">{needOf(services.data)}</span>
    </span>
  );
}

export function UpdateCount() {
  const versions = useQuery({
    ...versionsQuery(),
    select: (all) => all.filter((one) => one.update_available).length,
  });
  if (!versions.data) return null;
  return (
    <span className="nav-count nav-updates">
      <span aria-hidden="true">{versions.data}</span>
      <span className="sr-only">{countOf(versions.data, "update")} available</span>
    </span>
  );
}
