/** One piece of work at a time for each key; asking again for the piece that is last in line joins it. */
export function createQueues<Kind extends string>() {
  const last = new Map<string, { kind: Kind; done: Promise<void> }>();

  return {
    run(key: string, kind: Kind, work: () => Promise<void>): Promise<void> {
      const before = last.get(key);
      if (before?.kind === kind) return before.done;
      const done = (before?.done ?? Promise.resolve()).catch(() => {}).then(work);
      const entry = { kind, done };
      last.set(key, entry);
      const forget = () => {
        if (last.get(key) === entry) last.delete(key);
      };
      done.then(forget, forget);
      return done;
    },
  };
}
