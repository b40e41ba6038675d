import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { tellLost } from "@/components/ui/error-lost";
import { titleMark } from "@/lib/client/live/signals";
import { isRunning, updateJobsQuery } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";

type Progress = typeof import("./progress");

const NONE: never[] = [];
let loaded: Progress | null = null;

/** How far jobs are, in words; loaded with the first one that runs. */
export function useProgress(isWanted: boolean): Progress | null {
  const [progress, setProgress] = useState(() => loaded);
  useEffect(() => {
    if (isWanted && progress === null) import("./progress").then(show, () => tellLost());

    function show(module: Progress) {
      loaded = module;
      setProgress(module);
    }
  }, [isWanted, progress]);
  return progress;
}

/** The jobs that run now. */
export function useRunningJobs() {
  const { data } = useQuery(updateJobsQuery());
  return data?.filter(isRunning) ?? NONE;
}

/** The title of the page, with what happened unseen or what goes on in front of it. */
export function useTitle(page: string, services: Service[], otherwise: string | null = null) {
  const displayOf = (name: string) =>
    services.find((service) => service.name === name)?.display ?? name;
  const jobs = useRunningJobs();
  const progress = useProgress(jobs.length > 0);
  const lead = titleMark.useValue() ?? progress?.titleOfJobs(jobs, displayOf) ?? otherwise;
  useEffect(() => {
    const own = `${page} · ControlPilot`;
    const title = lead === null ? own : `${lead} · ${own}`;
    const write = () => {
      if (document.title !== title) document.title = title;
    };
    write();
    // After a change of pages Next writes its own title when it gets to it, sometimes after this.
    const watch = new MutationObserver(write);
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => watch.disconnect();
  }, [page, lead]);
}
