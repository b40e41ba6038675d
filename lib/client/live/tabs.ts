/** "streams": this tab does. "anyone": does another tab, or should one of those that gave up? */
type Word = "streams" | "anyone";

const CLAIM_MS = 500;

const listeners = new Set<(hasYielded: boolean) => void>();
let channel: BroadcastChannel | null = null;
let yielded = false;
let claim: ReturnType<typeof setTimeout> | undefined;

/** Whether this tab leaves the streams to another one. */
export function hasYielded(): boolean {
  return yielded;
}

/**
 * Browsers allow six connections to one host, and each stream holds one. A hidden tab gives up its
 * streams to one in sight, until it is seen itself or no tab is left that has any; the last tab that was
 * seen keeps them. Calls back when that changes, and returns how to stop.
 */
export function onYield(listener: (hasYielded: boolean) => void): () => void {
  if (listeners.size === 0) join();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) leave();
  };
}

function join() {
  if (typeof BroadcastChannel === "undefined") return;
  channel = new BroadcastChannel("controlpilot");
  channel.addEventListener("message", hear);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", leaveToOthers);
  if (document.hidden) say("anyone");
  else say("streams");
}

function leave() {
  leaveToOthers();
  channel?.close();
  channel = null;
  yielded = false;
  clearTimeout(claim);
  document.removeEventListener("visibilitychange", look);
  window.removeEventListener("pagehide", leaveToOthers);
}

function hear({ data }: MessageEvent<Word>) {
  clearTimeout(claim);
  if (data === "streams" && document.hidden) setYielded(true);
  if (data !== "anyone") return;
  if (!yielded) say("streams");
  // Each waits for another time, so that one of them is first and the others hear of it.
  else claim = setTimeout(takeOver, Math.random() * CLAIM_MS);
}

function look() {
  if (!document.hidden) takeOver();
}

function takeOver() {
  clearTimeout(claim);
  setYielded(false);
  say("streams");
}

function leaveToOthers() {
  if (!yielded) say("anyone");
}

function say(word: Word) {
  channel?.postMessage(word);
}

function setYielded(next: boolean) {
  if (next === yielded) return;
  yielded = next;
  for (const listener of listeners) listener(yielded);
}
