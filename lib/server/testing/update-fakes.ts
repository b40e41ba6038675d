import type { Checkout, Comparison } from "../adapters/git";

export const HEAD = "a".repeat(40);
export const TIP = "b".repeat(40);

export function aCheckout(changes: Partial<Checkout> = {}): Checkout {
  return {
    dir: "/repos/ComfyUI",
    head: HEAD,
    branch: "master",
    followed: { remote: "origin", branch: "master" },
    remoteUrl: "https://github.com/comfyanonymous/ComfyUI.git",
    shallow: false,
    localChanges: [],
    operation: null,
    label: `master@${HEAD.slice(0, 7)}`,
    headDate: "2026-11-01T00:00:00.000Z",
    ...changes,
  };
}

export function aComparison(changes: Partial<Comparison> = {}): Comparison {
  return {
    behind: 2,
    ahead: 0,
    commits: [TIP, "c".repeat(40)].map((sha) => ({
      sha,
      subject: `Commit ${sha.slice(0, 3)}`,
      author: "Ada",
      date: "2026-11-02T00:00:00.000Z",
    })),
    changedFiles: ["main.py"],
    submodulesChanged: [],
    ...changes,
  };
}

/** A promise that its maker settles. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
