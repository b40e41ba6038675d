import { vi } from "vitest";

type Listener = (event: { data: unknown }) => void;

/** Stands in for the browser's channel between tabs: what one says, all others hear at once. */
export function stubChannels() {
  const channels = new Set<FakeChannel>();

  class FakeChannel {
    private readonly listeners = new Set<Listener>();

    constructor(readonly name: string) {
      channels.add(this);
    }

    postMessage(data: unknown) {
      for (const channel of channels) {
        if (channel === this || channel.name !== this.name) continue;
        for (const listener of channel.listeners) listener({ data });
      }
    }

    addEventListener(_type: "message", listener: Listener) {
      this.listeners.add(listener);
    }

    close() {
      channels.delete(this);
    }
  }

  vi.stubGlobal("BroadcastChannel", FakeChannel);
  return { count: () => channels.size };
}

/** Another tab, which hears all and says what the test says. */
export function otherTab() {
  const heard: unknown[] = [];
  const channel = new BroadcastChannel("controlpilot");
  channel.addEventListener("message", ({ data }) => heard.push(data));
  return { heard, say: (word: "streams" | "anyone") => channel.postMessage(word) };
}

/** Whether somebody sees this tab. */
export function setSeen(isSeen: boolean) {
  Object.defineProperty(document, "hidden", { value: !isSeen, configurable: true });
  const visibilityState = isSeen ? "visible" : "hidden";
  Object.defineProperty(document, "visibilityState", {
    value: visibilityState,
    configurable: true,
  });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}
