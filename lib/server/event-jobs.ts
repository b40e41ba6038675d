import type { UpdateJob, UpdateStatus } from "@/lib/contract/updates";
import { repeatLook } from "./repeated-look";

const LOOK_MS = 3000;
const LOOK_RUNNING_MS = 500;

type Seen = { brief: string; whole: string };

/**
 * Shows the update jobs that run, and every job whose state, steps or output change, with its output; of
 * those that have ended, what ends from now on.
 */
export function watchJobs(deps: {
  /** The newest of each service, without its output. */
  jobs: () => Promise<UpdateJob[]>;
  status: (name: string) => Promise<UpdateStatus>;
  show: (job: UpdateJob, isRunning: boolean) => void;
  report: (error: unknown) => void;
}) {
  const seen = new Map<string, Seen>();
  const watchedSince = Date.now() / 1000;
  let isFirst = true;
  let lastFailure = "";
  let hasStopped = false;

  async function lookAt(brief: UpdateJob): Promise<void> {
    const before = seen.get(brief.name);
    const now = { brief: keyOf(brief), whole: before?.whole ?? "" };
    seen.set(brief.name, now);
    const isNews = isFirst ? (brief.ended_at ?? 0) >= watchedSince : before?.brief !== now.brief;
    if (!isRunning(brief) && !isNews) return;
    const job = await deps.status(brief.name);
    if (hasStopped || job.state === "idle" || keyOf(job) === now.whole) return;
    now.whole = keyOf(job);
    deps.show(job, isRunning(job));
  }

  async function lookAtAll(): Promise<number> {
    const jobs = await deps.jobs();
    for (const job of jobs) await lookAt(job);
    isFirst = false;
    lastFailure = "";
    return jobs.some(isRunning) ? LOOK_RUNNING_MS : LOOK_MS;
  }

  const looks = repeatLook(() =>
    lookAtAll().catch((error: unknown) => {
      if (String(error) !== lastFailure) deps.report(error);
      lastFailure = String(error);
      return LOOK_MS;
    }),
  );

  return {
    look: looks.look,
    stop() {
      hasStopped = true;
      looks.stop();
    },
  };
}

function isRunning({ state }: UpdateJob): boolean {
  return state === "running";
}

/** Another string whenever there is something new to show; a sign of life alone is not. */
function keyOf(job: UpdateJob): string {
  return JSON.stringify({ ...job, updated_at: 0 });
}
