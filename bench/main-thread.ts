/** What is traced: nothing else of what Chromium can tell, since that takes time as well. */
export const TASK_CATEGORIES = ["-*", "disabled-by-default-devtools.timeline"];

/** In ms: how long it ran, and how much of that it had the processor. */
export type Task = { ms: number; cpuMs: number };

/** Times in microseconds. */
type TraceEvent = {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
};

/** The tasks on the main thread of the page: of the renderer that did most. */
export function mainThreadTasks(trace: Buffer): Task[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threads = new Map<string, Task[]>();
  for (const event of traceEvents) {
    if (event.name === "thread_name" && event.args.name === "CrRendererMain") {
      threads.set(threadOf(event), []);
    }
  }
  for (const event of traceEvents) {
    const { name, dur = 0, tdur = Number.NaN } = event;
    if (name !== "RunTask") continue;
    threads.get(threadOf(event))?.push({ ms: dur / 1000, cpuMs: tdur / 1000 });
  }
  const [busiest = []] = [...threads.values()].sort((a, b) => workOf(b) - workOf(a));
  if (busiest.length === 0) throw new Error("The trace tells of no task");
  return busiest;
}

const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;

const workOf = (tasks: Task[]) => tasks.reduce((sum, { ms }) => sum + ms, 0);
