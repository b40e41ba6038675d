import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { isRunning, updateJobsQuery } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import { titleOfJobs } from "./progress";

const NONE: never[] = [];

/** The jobs that run now. */
export function useRunningJobs() {
  const { data } = useQuery(updateJobsQuery());
  return data?.filter(isRunning) ?? NONE;
}

/** The title of the page, with what goes on in front of it. */
export function useTitle(page: string, services: Service[], otherwise: string | null = null) {
  const displayOf = (name: string) =>
    services.find((service) => service.name === name)?.display ?? name;
  const lead = titleOfJobs(useRunningJobs(), displayOf) ?? otherwise;
  useEffect(() => {
    const title = `${page} · ControlPilot`;
    document.title = lead === null ? title : `${lead} · ${title}`;
  }, [page, lead]);
}
