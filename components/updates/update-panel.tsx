"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorPart } from "@/components/ui/error-part";
import type { Opener } from "@/components/ui/focus-return";
import { closeUpdate, type OpenUpdate } from "@/lib/client/update-address";
import { updateStatusQuery } from "@/lib/client/update-details";
import { isRunning, useVersion } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import type { UpdateJob } from "@/lib/contract/updates";
import { Drawer, DrawerBody, DrawerHead } from "./drawer";
import { JobPanel } from "./job-panel";
import { PlanPanel } from "./plan-panel";
import { PlanLoading } from "./plan-states";
import { ServiceSign } from "./service-sign";

type UpdatePanelProps = {
  open: OpenUpdate;
  service: Service | undefined;
  opener: Opener | null;
};

/** One service's update: what it would do, how it goes, how it ended. */
export function UpdatePanel({ open, service, opener }: UpdatePanelProps) {
  const status = useQuery(updateStatusQuery(open.name));
  const version = useVersion(open.name);
  const display = service?.display ?? version?.display ?? open.name;
  const newest = status.data?.state === "idle" ? undefined : status.data;

  const known = { open, display, service, version };

  return (
    <Drawer opener={opener} onClose={closeUpdate}>
      <ErrorPart name={`The update of ${display}`} frame={inPanel}>
        {status.isPending ? (
          inPanel(<PlanLoading />)
        ) : newest && isShown(newest, open) ? (
          <JobPanel {...known} job={newest} />
        ) : (
          <PlanPanel {...known} />
        )}
      </ErrorPart>
    </Drawer>
  );

  function inPanel(contents: ReactNode) {
    return (
      <>
        <DrawerHead sign={<ServiceSign service={service} />} title={`Update ${display}`} />
        <DrawerBody>{contents}</DrawerBody>
      </>
    );
  }
}

/** A job that runs comes before any plan. */
function isShown(job: UpdateJob, open: OpenUpdate): boolean {
  return isRunning(job) || (open.view === "job" && open.job === job.id);
}
