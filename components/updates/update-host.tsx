"use client";

import { lazily } from "@/components/ui/lazily";
import { useLogAddress } from "@/lib/client/log-address";
import { useUpdateAddress } from "@/lib/client/update-address";
import type { Service } from "@/lib/contract/services";

const UpdatePanel = lazily(() => import("./update-panel").then((m) => m.UpdatePanel));
const WholeOutput = lazily(() => import("./whole-output").then((m) => m.WholeOutput));
const JobWatch = lazily(() => import("./job-watch").then((m) => m.JobWatch));

/** What the address asks for of a service's updates, over the page; a log lies over that. */
export function UpdateHost({ services }: { services: Service[] }) {
  const { open: log } = useLogAddress();
  const open = useUpdateAddress();
  const service = services.find(({ name }) => name === open?.name);
  return (
    <>
      <JobWatch />
      {open === null || log !== null ? null : open.view === "output" ? (
        <WholeOutput name={open.name} job={open.job} display={service?.display ?? open.name} />
      ) : (
        <UpdatePanel key={open.name} open={open} service={service} />
      )}
    </>
  );
}
