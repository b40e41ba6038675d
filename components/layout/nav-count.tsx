"use client";

import { useQuery } from "@tanstack/react-query";
import { OctagonAlert } from "lucide-react";
import { countOf, needOf } from "@/components/services/format";
import { needsYou } from "@/components/services/states";
import { servicesQuery } from "@/lib/client/services";
import { versionsQuery } from "@/lib/client/updates";

export function NavCount() {
  const services = useQuery({ ...servicesQuery(), select: (all) => all.filter(needsYou).length });
  if (!services.data) return null;
  return (
    <span className="nav-count">
      <OctagonAlert strokeWidth={1.75} aria-hidden="true" />
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
