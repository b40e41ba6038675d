import type { StepName, UpdateStep } from "@/lib/contract/updates";
import { type JobRecord, newStep } from "./update-record";

/** Progress inside a step is news, not truth: it may be written late or be lost. */
const DETAIL_EVERY_MS = 300;

export type SayDetail = (detail: string) => void;

/** Keeps the record of one job: whatever it is told is on disk before it goes on. */
export function createJournal(
  initial: JobRecord,
  write: (record: JobRecord) => Promise<void>,
  clock = () => Date.now(),
) {
  let record = initial;
  let lastDetailAt = 0;
  let onLost: ((error: unknown) => void) | null = null;

  async function set(changes: Partial<JobRecord>): Promise<void> {
    if (onLost === null) await setNow(changes);
    else await setNow(changes).catch(onLost);
  }

  async function setNow(changes: Partial<JobRecord>): Promise<void> {
    record = { ...record, ...changes, updatedAt: clock() };
    await write(record);
  }

  function setStep(name: StepName, changes: Partial<UpdateStep>): Promise<void> {
    return set({ steps: withStep(record, name, changes) });
  }

  function now(): string {
    return new Date(clock()).toISOString();
  }

  /** The detail of the step that runs. */
  const say: SayDetail = (detail) => {
    const step = record.steps.find(({ state }) => state === "running");
    if (!step) return;
    record = { ...record, steps: withStep(record, step.name, { detail }) };
    if (clock() - lastDetailAt < DETAIL_EVERY_MS) return;
    lastDetailAt = clock();
    // The next thing that must be on disk finds out for itself that the disk takes nothing.
    set({}).catch(() => {});
  };

  return {
    record: () => record,
    set,
    /** As `set`, and throws where it cannot be written, whatever was said to `goOnWithout`. */
    setNow,
    /** From now on what cannot be written is told to `tell`, and the work goes on. */
    goOnWithout(tell: (error: unknown) => void): void {
      onLost = tell;
    },
    say,

    /** Runs `work` as a step; what it answers is, or has as its `detail`, the step's last word. */
    async step<Result extends string | null | { detail: string | null }>(
      name: StepName,
      work: (say: SayDetail) => Promise<Result>,
    ): Promise<Result> {
      await setStep(name, { state: "running", started_at: now(), ended_at: null, detail: null });
      try {
        const result = await work(say);
        await setStep(name, { state: "done", ended_at: now(), detail: detailOf(result) });
        return result;
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        await setStep(name, { state: "error", ended_at: now(), detail }).catch(() => {});
        throw error;
      }
    },

    skip: (name: StepName, detail: string | null) => setStep(name, { state: "skipped", detail }),

    /** What is still to come does not come any more. */
    skipPending(): Promise<void> {
      const at = now();
      const steps = record.steps.map((step): UpdateStep => {
        if (step.state === "pending") return { ...step, state: "skipped" };
        return step.state === "running" ? { ...step, state: "error", ended_at: at } : step;
      });
      return set({ steps });
    },
  };
}

function detailOf(result: string | null | { detail: string | null }): string | null {
  return typeof result === "string" || result === null ? result : result.detail;
}

function withStep(
  { steps, display }: JobRecord,
  name: StepName,
  changes: Partial<UpdateStep>,
): UpdateStep[] {
  const known = steps.some((step) => step.name === name);
  const all = known ? steps : [...steps, newStep(name, display)];
  return all.map((step) => (step.name === name ? { ...step, ...changes } : step));
}
