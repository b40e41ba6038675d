import type { Service } from "@/lib/contract/services";
import { watchEnds } from "./event-ends";
import { createHub, type Hub } from "./event-hub";
import { watchJobs } from "./event-jobs";
import { watchServices } from "./event-services";
import { watchSupervisor } from "./event-supervisor";
import type { History } from "./history";
import type { WitnessedMonitor } from "./monitor";
import type { Services } from "./services";
import type { Snapshot } from "./snapshot";
import type { Frame } from "./sse";
import type { createSupervisor } from "./supervisor";
import type { createUpdates } from "./updates";

/** What changes in a service with the time alone. */
const CLOCK = new Set(["uptime_seconds", "checked_at", "detail", "description"]);

type EventSources = {
  monitor: Pick<WitnessedMonitor<Snapshot>, "read" | "invalidate" | "witness">;
  services: Pick<Services, "viewOf">;
  history: Pick<History, "onNews">;
  supervisor: Pick<ReturnType<typeof createSupervisor>, "status">;
  updates: Pick<ReturnType<typeof createUpdates>, "jobs" | "status">;
  isRunning: (pid: number) => boolean;
  report: (error: unknown) => void;
};

/**
 * Tells all who listen what happens, as the contract's `LiveEvents`: first how things are, then what
 * changes. However many they are it is looked at once, and not at all while nobody listens.
 */
export function createEvents(sources: EventSources) {
  let watched: ReturnType<typeof watch> | null = null;
  const hub = createHub({
    onFirst() {
      watched = watch(sources, hub);
    },
    onLast() {
      watched?.stop();
      watched = null;
    },
  });
  return {
    frames: (signal: AbortSignal): AsyncIterable<Frame> => hub.subscribe(signal),

    /** There is news of an update job. */
    lookAtJobs: () => watched?.lookAtJobs(),
  };
}

function watch(
  { monitor, services, history, supervisor, updates, isRunning, report }: EventSources,
  { put, clear }: Pick<Hub, "put" | "clear">,
) {
  let shown = "";

  const watchedSupervisor = watchSupervisor({
    status: supervisor.status,
    show: (state, isNew) => put("supervisor", "supervisor", state, { tell: isNew }),
    report,
  });
  const ends = watchEnds({ isRunning, onEnd: monitor.invalidate });
  const jobs = watchJobs({
    ...updates,
    show(job, isRunningNow) {
      put(`job ${job.name}`, "job", job, { tell: true });
      if (!isRunningNow) clear(`job ${job.name}`);
    },
    report,
  });

  function show(all: Service[]): void {
    ends.expect(all.flatMap(({ pid }) => pid ?? []));
    const key = JSON.stringify(all, (name, value) => (CLOCK.has(name) ? undefined : value));
    const isNew = key !== shown;
    shown = key;
    put("services", "services", all, { tell: isNew });
    if (isNew) watchedSupervisor.look();
  }

  /** How they are is not known; when it is again, all are told. */
  function showFailure(error: unknown): void {
    shown = "";
    clear("services");
    watchedSupervisor.showFailure(error);
  }

  const stops = [
    watchedSupervisor.stop,
    ends.stop,
    jobs.stop,
    history.onNews(monitor.invalidate),
    watchServices({ monitor, viewOf: services.viewOf, show, showFailure }),
  ];
  return {
    lookAtJobs: jobs.look,
    stop() {
      for (const stop of stops) stop();
    },
  };
}
