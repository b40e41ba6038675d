import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { LiveEvents } from "@/lib/contract/events";
import { servicesQuery } from "../services";
import { openStream, type Stream, type StreamEvent, type StreamState } from "../sse";
import { supervisorQuery } from "../supervisor";
import { keepJob, refreshAfterJob, updateStatusQuery } from "../update-details";
import { isRunning, updateJobsQuery } from "../updates";
import { startClock } from "./clock";
import { streaming } from "./signals";
import { onYield } from "./tabs";

/** So long a reconnect may take before the page asks by itself. */
const GRACE_MS = 2000;
/** Asked for nevertheless, in case something was missed. */
const SAFETY_MS = 60_000;

const ASKED_FOR: QueryKey[] = [
  servicesQuery().queryKey,
  supervisorQuery().queryKey,
  updateJobsQuery().queryKey,
  ["updates", "status"],
];

/**
 * Keeps the query cache as the server's stream of events says, one stream for the whole tab. While that
 * does not say everything, the queries ask as they would without it. Returns how to stop.
 */
export function startLive(client: QueryClient): () => void {
  let stream: Stream | null = null;
  let stopFollowing: (() => void) | null = null;
  let grace: ReturnType<typeof setTimeout> | undefined;
  let isOpen = false;
  /** What the stream said last of the services is how they are: supervisord answers. */
  let isTold = false;

  const handlers: { [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void } = {
    services(services) {
      // First, as a query that is given data decides then when to ask next.
      isTold = true;
      followIfTold();
      put(client, servicesQuery().queryKey, services);
    },
    supervisor(answer) {
      if (!("code" in answer)) return put(client, supervisorQuery().queryKey, answer);
      // What the page shows then comes from its own questions, and so does what ends it.
      isTold = false;
      ask();
    },
    job(job) {
      const jobs = client.getQueryData(updateJobsQuery().queryKey);
      if (jobs === undefined) return refetch(updateJobsQuery().queryKey);
      void client.cancelQueries({ queryKey: updateJobsQuery().queryKey });
      void client.cancelQueries({ queryKey: updateStatusQuery(job.name).queryKey });
      keepJob(client, job);
      const before = jobs.find(({ id }) => id === job.id);
      if (before && isRunning(before) && !isRunning(job)) refreshAfterJob(client);
    },
  };

  function take({ name, data }: StreamEvent) {
    handlers[name as keyof LiveEvents]?.(JSON.parse(data));
  }

  function onState(state: StreamState) {
    isOpen = state === "open";
    if (!isOpen) isTold = false;
    if (isOpen) open();
    else if (state === "connecting") grace ??= setTimeout(ask, GRACE_MS);
    else ask();
  }

  function open() {
    // Of jobs the stream tells only those that run, not those that ended just before.
    refetch(updateJobsQuery().queryKey, ["updates", "status"]);
    followIfTold();
  }

  function followIfTold() {
    if (!isOpen || !isTold) return;
    stopGrace();
    if (stopFollowing) return;
    streaming.set(true);
    const stopClock = startClock(client);
    const safety = setInterval(() => refetch(...ASKED_FOR), SAFETY_MS);
    stopFollowing = () => {
      stopClock();
      clearInterval(safety);
      streaming.set(false);
      stopFollowing = null;
    };
  }

  function ask() {
    stopGrace();
    if (!stopFollowing) return;
    stopFollowing();
    refetch(...ASKED_FOR);
  }

  function stopGrace() {
    clearTimeout(grace);
    grace = undefined;
  }

  function refetch(...keys: QueryKey[]) {
    for (const queryKey of keys) void refetchAnew(client, queryKey);
  }

  function connect() {
    stream = openStream({ url: "/api/events", onEvent: take, onState });
  }

  function disconnect() {
    stream?.close();
    isOpen = false;
    isTold = false;
    ask();
  }

  const stopYielding = onYield((hasYielded) => (hasYielded ? disconnect() : connect()));
  connect();
  return () => {
    stopYielding();
    disconnect();
  };
}

/** The first answer, too, where it is still on its way, may be older than the wish. */
async function refetchAnew(client: QueryClient, queryKey: QueryKey) {
  await client.cancelQueries({ queryKey });
  await client.invalidateQueries({ queryKey });
}

/** In the place of an answer that is still on its way, and may be older. */
function put<Data>(client: QueryClient, queryKey: QueryKey, data: Data) {
  void client.cancelQueries({ queryKey, exact: true });
  client.setQueryData(queryKey, data);
}
