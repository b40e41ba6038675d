"use client";

import { useState } from "react";
import { findOpener, type Opener } from "@/components/ui/focus-return";
import { lazily } from "@/components/ui/lazily";
import { useLogAddress } from "@/lib/client/log-address";
import { useUpdateAddress } from "@/lib/client/update-address";
import type { Service } from "@/lib/contract/services";
import { useRunningJobs } from "./use-updating";

const UpdatePanel = lazily(() => import("./update-panel").then((m) => m.UpdatePanel));
const WholeOutput = lazily(() => import("./whole-output").then((m) => m.WholeOutput));
const JobWatch = lazily(() => import("./job-watch").then((m) => m.JobWatch));

/** What the address asks for of a service's updates, over the page; a log lies over that. */
export function UpdateHost({ services }: { services: Service[] }) {
  const log = useLogAddress();
  const open = useUpdateAddress();
  const opener = useOpener(open !== null);
  const service = services.find(({ name }) => name === open?.name);
  return (
    <>
      {useHasRun() ? <JobWatch /> : null}
      {open === null || log !== null ? null : open.view === "output" ? (
        <WholeOutput
          name={open.name}
          job={open.job}
          display={service?.display ?? open.name}
          opener={opener}
        />
      ) : (
        <UpdatePanel key={open.name} open={open} service={service} opener={opener} />
      )}
    </>
  );
}

/** Where the first of what is open was opened from: each that follows finds the one before it gone. */
function useOpener(isOpen: boolean): Opener | null {
  const [opener, setOpener] = useState<Opener | null>(null);
  if (isOpen && opener === null) setOpener(findOpener());
  if (!isOpen && opener !== null) setOpener(null);
  return opener;
}

/** Whether a job runs, or ran since the page was opened. */
function useHasRun(): boolean {
  const runs = useRunningJobs().length > 0;
  const [hasRun, setHasRun] = useState(runs);
  if (runs && !hasRun) setHasRun(true);
  return hasRun;
}
