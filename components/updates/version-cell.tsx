"use client";

import { useQuery } from "@tanstack/react-query";
import { lazily } from "@/components/ui/lazily";
import { useRunningJob, versionsQuery } from "@/lib/client/updates";
import { nothingToUpdate } from "./nothing-to-update";

const JobVersion = lazily(() => import("./job-version").then((m) => m.JobVersion));
const KnownVersion = lazily(() => import("./known-version").then((m) => m.KnownVersion));

type VersionCellProps = { name: string; display: string };

/** What is installed, what is newest, and the one thing to do about it. */
export function VersionCell({ name, display }: VersionCellProps) {
  const job = useRunningJob(name);
  const versions = useQuery(versionsQuery());
  const version = versions.data?.find((one) => one.name === name);
  if (job) return <JobVersion job={job} display={display} />;
  if (!version)
    return versions.isPending ? <p className="second-line version-wait">checking</p> : null;
  const nothing = nothingToUpdate(version);
  if (nothing) return <p className="second-line version-image">{nothing}</p>;
  return <KnownVersion version={version} />;
}
