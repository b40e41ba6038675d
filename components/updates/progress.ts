import type { JobSummary } from "@/lib/client/updates";
import type { UpdateStep } from "@/lib/contract/updates";
import { shortVersion } from "./format";
import { formatTook } from "./times";

export type Progress = {
  /** "step 5 of 8", or what is done instead of going on. */
  where: string;
  /** "installing packages, 62 %". */
  what: string;
  /** "5/8". */
  count: string;
  /** From 0 to 1, of all steps. */
  share: number;
  isGoingBack: boolean;
};

const doings: Record<UpdateStep["name"], string> = {
  preflight: "checking",
  snapshot: "taking a snapshot",
  fetch: "fetching",
  apply: "applying",
  dependencies: "installing packages",
  restart: "restarting",
  health: "seeing that it answers",
  commit: "keeping it",
  restore: "putting it back",
  recheck: "seeing that it answers",
};

export function isWayBack({ name }: Pick<UpdateStep, "name">): boolean {
  return name === "restore" || name === "recheck";
}

/** The step that runs, or the next one. */
export function currentStep({ steps }: Pick<JobSummary, "steps">): UpdateStep | undefined {
  return (
    steps.findLast(({ state }) => state === "running") ??
    steps.find(({ state }) => state === "pending")
  );
}

export function progressOf(job: JobSummary): Progress {
  const forward = job.steps.filter((step) => !isWayBack(step));
  const step = currentStep(job);
  const isGoingBack = job.cancelling || (step !== undefined && isWayBack(step));
  const number = step && !isWayBack(step) ? forward.indexOf(step) + 1 : forward.length;
  const percent = step?.detail?.match(/(\d{1,3}) ?%/)?.[1];
  const within = percent === undefined ? 0 : Number(percent) / 100;
  const doing = step ? doings[step.name] : "ending";
  return {
    where: isGoingBack
      ? `putting ${shortVersion(job.installed_before)} back`
      : `step ${number} of ${forward.length}`,
    what: percent === undefined ? doing : `${doing}, ${percent} %`,
    count: `${number}/${forward.length}`,
    isGoingBack,
    share: forward.length === 0 ? 0 : Math.min(1, (number - 1 + within) / forward.length),
  };
}

/** What a row says of a service that is being updated. */
export function shownUpdating(job: JobSummary, now = Date.now()) {
  const { where, what, isGoingBack } = progressOf(job);
  const verb = job.trigger === "rollback" ? "Going back" : "Updating";
  return {
    sign: "updating" as const,
    word: isGoingBack ? `P${where.slice(1)}` : `${verb}, ${where}`,
    detail: `${what}, ${formatTook(now / 1000 - job.started_at)}`,
  };
}

/** For the title of the page; null while nothing is updated. */
export function titleOfJobs(jobs: JobSummary[], displayOf: (name: string) => string) {
  const [first, ...others] = jobs;
  if (first === undefined) return null;
  if (others.length > 0) return `Updating ${jobs.length} services`;
  return `Updating ${displayOf(first.name)} ${progressOf(first).count}`;
}

/** Where the job leads; after a failure what it was to lead to. */
export function targetOf(job: JobSummary): string | null {
  return job.target ?? job.target_version;
}
