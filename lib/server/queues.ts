type Job<Kind> = { kind: Kind; done: Promise<void>; isSealed: boolean };

/**
 * One piece of work at a time for each key. Asking again for the piece that is last in line joins it,
 * until it calls `seal`: from then on its result no longer counts as an answer to a new request.
 */
export function createQueues<Kind extends string>() {
  const last = new Map<string, Job<Kind>>();

  return {
    run(key: string, kind: Kind, work: (seal: () => void) => Promise<void>): Promise<void> {
      const before = last.get(key);
      if (before?.kind === kind && !before.isSealed) return before.done;
      const job: Job<Kind> = { kind, isSealed: false, done: Promise.resolve() };
      const seal = () => {
        job.isSealed = true;
      };
      job.done = (before?.done ?? Promise.resolve()).catch(() => {}).then(() => work(seal));
      last.set(key, job);
      const forget = () => {
        if (last.get(key) === job) last.delete(key);
      };
      job.done.then(forget, forget);
      return job.done;
    },
  };
}
