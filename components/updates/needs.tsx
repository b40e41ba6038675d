"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleArrowUp, Unplug } from "lucide-react";
import { Ago } from "@/components/services/ago";
import { countOf } from "@/components/services/format";
import { SignIcon } from "@/components/services/lamp";
import { openJob, openPlan } from "@/lib/client/update-address";
import { type JobSummary, versionsQuery } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import type { ServiceVersion } from "@/lib/contract/updates";
import { nameVersion } from "./format";
import { Need } from "./need";
import { progressOf } from "./progress";
import { useRunningJobs } from "./use-updating";
import { versionNews } from "./version-news";
import "./updates.css";

/** What is offered, what runs, and what went wrong, of all services. */
export function Needs({ services }: { services: Service[] }) {
  const { data: versions = [] } = useQuery(versionsQuery());
  const jobs = useRunningJobs();
  const order = services.map(({ name }) => name);
  const sorted = versions.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const jobOf = (name: string) => jobs.find((job) => job.name === name);
  const needs = sorted.filter((version) => jobOf(version.name) || isNews(version));
  if (needs.length === 0) return null;
  return (
    <section className="card needs" aria-label="Needs a look">
      <ul>
        {needs.map((version) => (
          <li key={version.name}>
            <NeedOf version={version} job={jobOf(version.name)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type NeedOfProps = { version: ServiceVersion; job: JobSummary | undefined };

function NeedOf({ version, job }: NeedOfProps) {
  return job ? <Running version={version} job={job} /> : <News version={version} />;
}

function isNews(version: ServiceVersion): boolean {
  const { kind, act } = versionNews(version);
  return act !== undefined || kind === "unasked";
}

function Running({
  version: { name, display },
  job,
}: {
  version: ServiceVersion;
  job: JobSummary;
}) {
  const { where, what } = progressOf(job);
  return (
    <Need
      icon={<SignIcon sign="updating" />}
      act={{
        verb: "Watch",
        name: `Watch the update of ${display}`,
        looks: true,
        onClick: () => openJob(name, job.id),
      }}
    >
      <strong>{display}</strong> {where}, {what}
    </Need>
  );
}

function News({ version }: { version: ServiceVersion }) {
  const { name, display, installed } = version;
  const news = versionNews(version);
  const look = {
    verb: "Look at it",
    name: `Look at it, ${display}`,
    onClick: () => openPlan(name),
  };

  if (news.kind === "unasked") {
    return (
      <Need icon={<Unplug className="text-backoff" aria-hidden="true" />} act={news.act && look}>
        <strong>{display}</strong> could not be checked: {withoutStop(version.check_error)}. Known:{" "}
        <Versions version={version} />
        {version.checked_at === null ? null : (
          <>
            , <Ago at={new Date(version.checked_at)} />
          </>
        )}
        .
      </Need>
    );
  }
  if (news.kind === "interrupted") {
    return (
      <Need
        icon={<SignIcon sign="backoff" />}
        act={{ ...look, verb: "Mend", name: `Mend ${display}` }}
      >
        <strong>{display}</strong> {version.detail ?? "update interrupted: it is half done"}
      </Need>
    );
  }
  if (news.kind === "failed") {
    const job = news.act?.job ?? "";
    return (
      <Need
        icon={<SignIcon sign="exitbad" />}
        act={{
          verb: "Look",
          name: `Look at the failed update of ${display}`,
          looks: true,
          onClick: () => openJob(name, job),
        }}
      >
        <strong>{display}</strong> {news.words}, {nameVersion(installed ?? "")} is kept
      </Need>
    );
  }
  const behind = version.commits_behind ?? 0;
  return (
    <Need icon={<CircleArrowUp aria-hidden="true" />} act={look}>
      <strong>{display}</strong> <Versions version={version} />
      {behind > 0 ? `, ${countOf(behind, "commit")}` : null}
    </Need>
  );
}

function Versions({
  version: { installed, latest, update_available },
}: {
  version: ServiceVersion;
}) {
  return (
    <span className="version-name">
      {nameVersion(installed ?? "nothing")}
      {update_available && latest !== null ? ` → ${nameVersion(latest)}` : null}
    </span>
  );
}

function withoutStop(sentence: string | null) {
  return sentence?.replace(/\.$/, "") ?? "no reason given";
}
