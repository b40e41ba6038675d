import { ExternalLink, RotateCcw, ScrollText, Undo2 } from "lucide-react";
import { ActButton } from "@/components/access/act-button";
import { sentenceOf } from "@/components/services/errors";
import { Button, buttonClass } from "@/components/ui/button";
import { serviceUrl } from "@/lib/client/services";
import { closeUpdate, openOutput, openPlan, openUpdate } from "@/lib/client/update-address";
import { useCancelUpdate } from "@/lib/client/update-details";
import { isRunning } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import { DrawerFoot } from "./drawer";
import { shortVersion } from "./format";
import type { JobPanelProps } from "./job-panel";
import { progressOf, targetOf } from "./progress";

export function JobFoot(props: JobPanelProps) {
  return isRunning(props.job) ? <RunningFoot {...props} /> : <EndedFoot {...props} />;
}

function RunningFoot({ job, display }: JobPanelProps) {
  const cancel = useCancelUpdate(job.name);
  const before = shortVersion(job.installed_before);
  const kind = job.trigger === "rollback" ? "rollback" : "update";
  const isGoingBack = progressOf(job).isGoingBack || cancel.isPending;
  return (
    <>
      {cancel.error ? (
        <p className="drawer-error" role="alert">
          {sentenceOf(cancel.error)}
        </p>
      ) : null}
      <DrawerFoot>
        <p className="second-line flex-1">Goes on if you close this page</p>
        {isGoingBack ? (
          <p role="status">Putting {before} back…</p>
        ) : (
          <ActButton
            aria-label={`Cancel the ${kind} of ${display}, keep ${before}`}
            onClick={() => cancel.mutate()}
          >
            Cancel, keep {before}
          </ActButton>
        )}
      </DrawerFoot>
    </>
  );
}

function EndedFoot({ job, service, version, display }: JobPanelProps) {
  const isDone = job.state === "done";
  const target = version?.failed?.job_id === job.id ? version.failed.target : targetOf(job);
  const isRollback = job.trigger === "rollback";
  return (
    <DrawerFoot>
      {isDone || !job.whole ? (
        <ActButton
          variant="quiet"
          onClick={() => openUpdate({ name: job.name, view: "back", job: job.id })}
        >
          <Undo2 strokeWidth={1.75} aria-hidden="true" />
          Roll back
        </ActButton>
      ) : isRollback ? null : (
        <ActButton
          variant="quiet"
          onClick={() => openPlan(job.name, job.target_version ?? failedTarget())}
        >
          <RotateCcw strokeWidth={1.75} aria-hidden="true" />
          Try {shortVersion(target)} again
        </ActButton>
      )}
      <span className="flex-1" />
      <Button onClick={() => openOutput(job.name, job.id)}>
        <ScrollText strokeWidth={1.75} aria-hidden="true" />
        {isDone ? "Whole output" : "Failed log"}
      </Button>
      <WayOn service={service} display={display} />
    </DrawerFoot>
  );

  /** The newest is not offered again once it has failed, so it is asked for by its name. */
  function failedTarget() {
    return version?.failed?.job_id === job.id ? version.failed.target : undefined;
  }
}

type WayOnProps = { service: Service | undefined; display: string };

function WayOn({ service, display }: WayOnProps) {
  const url = service ? serviceUrl(service, window.location) : null;
  if (url === null) {
    return (
      <Button variant="primary" onClick={closeUpdate}>
        Close
      </Button>
    );
  }
  return (
    <a className={buttonClass("primary")} href={url} target="_blank" rel="noreferrer">
      Open {display}
      <ExternalLink strokeWidth={1.75} aria-hidden="true" />
    </a>
  );
}
