import { useSyncExternalStore } from "react";

const HIDDEN_MS = 15_000;

/** Whether the server tells of every change; until it does, the page has to ask. */
export const streaming = createSignal(false);

/** What happened while nobody looked, for the front of the page's title. */
export const titleMark = createSignal<string | null>(null);

/** For `refetchInterval`: how often to ask, more rarely where nobody looks. */
export function unlessStreaming(ms: number): number | false {
  if (streaming.get()) return false;
  return globalThis.document?.hidden ? HIDDEN_MS : ms;
}

/** A value outside of React that components can follow. */
export function createSignal<Value>(value: Value) {
  const listeners = new Set<() => void>();
  const get = () => value;

  function subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    get,
    set(next: Value) {
      value = next;
      for (const listener of listeners) listener();
    },
    useValue: () => useSyncExternalStore(subscribe, get, get),
  };
}
