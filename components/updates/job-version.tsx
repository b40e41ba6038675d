import { ArrowRight } from "lucide-react";
import { openJob } from "@/lib/client/update-address";
import type { JobSummary } from "@/lib/client/updates";
import { shortVersion } from "./format";
import { progressOf, targetOf } from "./progress";
import { VersionAct } from "./version-act";

type JobVersionProps = { job: JobSummary; display: string };

/** From where to where a job leads, and how far it is. */
export function JobVersion({ job, display }: JobVersionProps) {
  const { share, count } = progressOf(job);
  const percent = Math.round(share * 100);
  return (
    <div className="version">
      <div className="version-text">
        <p className="version-line">
          {shortVersion(job.installed_before)} <ArrowRight aria-hidden="true" />{" "}
          {shortVersion(targetOf(job))}
        </p>
        <div className="version-progress">
          <progress max={100} value={percent} aria-label={`Update of ${display}`} />
          <span className="second-line">{count}</span>
        </div>
      </div>
      <VersionAct
        verb="Watch"
        looks
        object={`the update of ${display}`}
        onClick={() => openJob(job.name, job.id)}
      />
    </div>
  );
}
