const LOOK_MS = 100;
/** With more processes each is looked at less often, so that it never costs more than this. */
const MOST_AT_ONCE = 50;

/**
 * Calls back when a process that is expected to run has ended, once for each. supervisord mostly says so
 * within milliseconds, but now and then it looks the moment before and sleeps on for a second: asking it
 * wakes it.
 */
export function watchEnds(deps: { isRunning: (pid: number) => boolean; onEnd: () => void }) {
  let expected: number[] = [];
  let next = 0;
  const told = new Set<number>();

  function look(): void {
    const due = [...expected.slice(next), ...expected.slice(0, next)].slice(0, MOST_AT_ONCE);
    next = expected.length === 0 ? 0 : (next + due.length) % expected.length;
    const ended = due.filter((pid) => !told.has(pid) && !deps.isRunning(pid));
    for (const pid of ended) told.add(pid);
    if (ended.length > 0) deps.onEnd();
  }

  const timer = setInterval(look, LOOK_MS);
  return {
    expect(pids: number[]): void {
      expected = pids;
      next = Math.min(next, Math.max(0, pids.length - 1));
      for (const pid of told) if (!pids.includes(pid)) told.delete(pid);
    },
    stop: () => clearInterval(timer),
  };
}
