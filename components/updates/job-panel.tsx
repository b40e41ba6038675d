import { ArrowRight } from "lucide-react";
import { useEffect } from "react";
import { useNow } from "@/components/services/ago";
import { SignIcon } from "@/components/services/lamp";
import { type OpenUpdate, openJob } from "@/lib/client/update-address";
import { isRunning } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import type { ServiceVersion, UpdateJob } from "@/lib/contract/updates";
import { DrawerBody, DrawerHead } from "./drawer";
import { nameVersion } from "./format";
import { JobEnd } from "./job-end";
import { JobFoot } from "./job-foot";
import { JobOutput } from "./job-output";
import { JobSteps } from "./job-steps";
import { currentStep, targetOf } from "./progress";
import { ServiceSign } from "./service-sign";
import { formatTook } from "./times";

export type JobPanelProps = {
  job: UpdateJob;
  open: OpenUpdate;
  display: string;
  service: Service | undefined;
  version: ServiceVersion | undefined;
};

/** A job while it runs, and how it ended. */
export function JobPanel(props: JobPanelProps) {
  const { job, display, service, version } = props;
  const runs = isRunning(job);
  useOwnAddress(props);
  return (
    <>
      <DrawerHead
        sign={runs ? <SignIcon sign="updating" /> : <ServiceSign service={service} />}
        title={titleOf(job, display)}
        aside={<Elapsed job={job} />}
        closeLabel={runs ? "Close; the update goes on" : "Close"}
      />
      <DrawerBody>
        <p className="job-versions">
          {nameVersion(job.installed_before ?? "not installed")}
          <ArrowRight className="size-3.5" aria-hidden="true" />
          {nameVersion(targetOf(job) ?? "the newest")}
        </p>
        {runs ? <Spoken job={job} /> : <JobEnd job={job} version={version} />}
        <JobSteps steps={job.steps} />
        {runs ? <JobOutput job={job} /> : null}
      </DrawerBody>
      <JobFoot {...props} />
    </>
  );
}

/** The address names the job, so that a reload shows its end as well. */
function useOwnAddress({ job, open }: JobPanelProps) {
  const isNamed = open.view === "job" && open.job === job.id;
  useEffect(() => {
    if (!isNamed) openJob(job.name, job.id);
  }, [isNamed, job.name, job.id]);
}

function Elapsed({ job }: { job: UpdateJob }) {
  const now = useNow() / 1000;
  return formatTook((job.ended_at ?? now) - job.started_at);
}

/** For those who do not see the steps. */
function Spoken({ job }: { job: UpdateJob }) {
  return (
    <p role="status" className="sr-only">
      {currentStep(job)?.title}
    </p>
  );
}

function titleOf(job: UpdateJob, display: string) {
  const [doing, done] =
    job.trigger === "rollback" ? ["Rolling back", "Rollback of"] : ["Updating", "Update of"];
  return `${isRunning(job) ? doing : done} ${display}`;
}
