const TICK_MS = 2000;
const LATE_MS = 5000;

/**
 * Calls back when the network, the tab or the machine may have been away: timers do not run while a
 * machine sleeps, so one that comes late tells of it. Returns how to stop.
 */
export function onWake(callback: () => void): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  let tickedAt = Date.now();

  const timer = setInterval(() => {
    const late = Date.now() - tickedAt - TICK_MS;
    tickedAt = Date.now();
    if (late > LATE_MS) callback();
  }, TICK_MS);
  window.addEventListener("online", callback, { signal });
  window.addEventListener("pageshow", callback, { signal });
  document.addEventListener("visibilitychange", () => document.hidden || callback(), { signal });

  return () => {
    clearInterval(timer);
    stopping.abort();
  };
}
