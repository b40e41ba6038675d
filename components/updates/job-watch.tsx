"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { SignIcon } from "@/components/services/lamp";
import { notify } from "@/components/ui/toast";
import { openJob, readUpdateAddress } from "@/lib/client/update-address";
import { useRefreshAfterJob } from "@/lib/client/update-details";
import { isRunning, type JobSummary, updateJobsQuery } from "@/lib/client/updates";
import { EndSign, endTitle } from "./end-sign";

/** Tells how a job ended that ran while the page was open, unless its panel shows that. */
export function JobWatch() {
  const { data: jobs } = useQuery(updateJobsQuery());
  const refresh = useRefreshAfterJob();
  const ran = useRef<ReadonlySet<string>>(new Set());

  const compare = useEffectEvent((now: JobSummary[]) => {
    const ended = now.filter((job) => !isRunning(job) && ran.current.has(job.id));
    ran.current = new Set(now.filter(isRunning).map(({ id }) => id));
    if (ended.length > 0) refresh();
    for (const job of ended) if (!isInSight(job)) tell(job);
  });

  useEffect(() => {
    if (jobs) compare(jobs);
  }, [jobs]);
  return null;
}

function isInSight(job: JobSummary): boolean {
  return readUpdateAddress(new URLSearchParams(window.location.search))?.name === job.name;
}

function tell(job: JobSummary) {
  const isGood = job.state === "done" || job.state === "cancelled";
  notify({
    ...(isGood && job.whole ? {} : { tone: "bad" as const }),
    icon: job.state === "done" ? <SignIcon sign="running" /> : <EndSign job={job} />,
    title: endTitle(job),
    text: job.error ?? undefined,
    actions: [{ label: "Look", onClick: () => openJob(job.name, job.id) }],
  });
}
