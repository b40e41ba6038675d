import type { QueryClient } from "@tanstack/react-query";
import type { Service } from "@/lib/contract/services";
import { describe, secondsUp } from "@/lib/words/describe";
import { servicesQuery } from "../services";

const TICK_MS = 1000;

/**
 * Nothing is sent while nothing changes, yet "up 3 min" has to go on: tells the time in the cached
 * services anew each second while the tab is seen. For as long as it runs what is cached counts as
 * confirmed. Returns how to stop.
 */
export function startClock(client: QueryClient): () => void {
  const { queryKey } = servicesQuery();
  let told: Service[] | undefined;
  let receivedAt = 0;

  function tell() {
    const state = client.getQueryState(queryKey);
    if (!state?.data) return;
    const now = Date.now();
    if (state.data !== told) receivedAt = performance.now() - (now - state.dataUpdatedAt);
    // The machine's own clock, carried on by one that nobody sets.
    const elapsed = performance.now() - receivedAt;
    const next = tellTime(state.data, elapsed);
    told = client.setQueryData(queryKey, next, { updatedAt: now });
  }

  function tellIfSeen() {
    if (!document.hidden) tell();
  }

  const timer = setInterval(tellIfSeen, TICK_MS);
  document.addEventListener("visibilitychange", tellIfSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tellIfSeen);
    tell();
  };
}

/** The services `elapsedMs` after they were received. One whose words are the same is the same object. */
export function tellTime(services: Service[], elapsedMs: number): Service[] {
  const next = services.map((service) => {
    const now = new Date(Date.parse(service.checked_at) + elapsedMs);
    const words = describe(service, now);
    const { detail, description } = service;
    if (words.detail === detail && words.description === description) return service;
    return { ...service, ...words, uptime_seconds: secondsUp(service, now) };
  });
  return next.some((service, index) => service !== services[index]) ? next : services;
}
