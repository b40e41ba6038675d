import { setTimeout as sleep } from "node:timers/promises";
import type { UpdatePlan } from "@/lib/contract/updates";
import type { UpdateEntry, UpdatesConfig } from "./adapters/updates-config";
import { AppError } from "./errors";
import { createGroups } from "./reconcile-groups";
import { countResults, type ReconcileResult, whySkipped } from "./reconcile-words";
import type { JobRecord } from "./update-record";

/** For a source to answer, for one update, and for all of them. */
export type ReconcileDeadlines = { sourceMs: number; serviceMs: number; wholeMs: number };

/**
 * Brings each service to what service-updates.toml asks for, while the others run. One that is held
 * starts as soon as nothing changes its files any more; one that fails does not stop the others.
 */
export function createReconcile(deps: {
  /** All services that are updated here. */
  names: () => string[];
  readConfig: () => Promise<UpdatesConfig>;
  /** The services that work in the same folders: one of them after the other. */
  sharing: (name: string) => Promise<string[]>;
  /** Whether supervisord answers, which is waited for. */
  isReady: () => Promise<boolean>;
  /** What a job that was cut off before this boot is brought to; null where there is none. */
  mend: (name: string) => Promise<JobRecord | null>;
  /** Of the newest, which is then not tried again unless it is asked for by name. */
  hasFailedBefore: (name: string, target: string | null) => Promise<boolean>;
  plan: (name: string, target: string | null) => Promise<UpdatePlan>;
  /** Null where that is not what is asked for any more, once its turn has come. */
  update: (
    name: string,
    target: string | null,
  ) => Promise<{
    cancel: () => Promise<void>;
    ended: Promise<JobRecord | null>;
  } | null>;
  /** Lets a service start that waits for this; no error where it does not. */
  release: (name: string) => Promise<void>;
  say: (line: string) => void;
  /** For people who look at ControlPilot instead of what is said here. */
  noteProblem: (sentence: string) => Promise<void>;
  deadlines: ReconcileDeadlines;
  dryRun: boolean;
}) {
  const { say, deadlines } = deps;

  /** Whatever goes wrong is said; it answers null then. */
  async function guarded<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) say(String(error instanceof Error ? error.stack : error));
      failed(name, error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  function failed(name: string, why: string): "failed" {
    say(`${name}: failed: ${why}`);
    return "failed";
  }

  /** What was cut off is half of one version and half of another, whatever the file says of it. */
  async function mend(name: string): Promise<void> {
    const mended = deps.dryRun ? null : await deps.mend(name);
    if (mended) say(`${name}: ${mended.outcome ?? "the last update was cut off"}`);
  }

  /** Null where it did not answer; then that is said. */
  async function ask(name: string, { target }: UpdateEntry): Promise<UpdatePlan | null> {
    const plan = await withDeadline(deps.plan(name, target), deadlines.sourceMs);
    if (plan === null) failed(name, "its source did not answer in time");
    return plan;
  }

  type Asked = { entry: UpdateEntry; plan: UpdatePlan; giveUpAt: number };

  async function follow(name: string, { entry, plan, giveUpAt }: Asked): Promise<ReconcileResult> {
    if (plan.blockers.length > 0) return failed(name, plan.blockers.join(" "));
    if (plan.nothing_to_do) {
      say(`${name}: is at ${plan.from} already`);
      return "same";
    }
    if (entry.target === null && (await deps.hasFailedBefore(name, plan.target))) {
      say(`${name}: skipped, ${plan.to} failed before`);
      return "skipped";
    }
    if (deps.dryRun) {
      say(`${name}: would go from ${plan.from} to ${plan.to}`);
      return "changed";
    }
    if (Date.now() > giveUpAt) return failed(name, "no time is left at this boot");
    return update(name, entry, giveUpAt);
  }

  async function update(
    name: string,
    { target }: UpdateEntry,
    giveUpAt: number,
  ): Promise<ReconcileResult> {
    const job = await deps.update(name, target);
    if (job === null) {
      say(`${name}: skipped, something else was chosen meanwhile`);
      return "skipped";
    }
    const left = Math.min(deadlines.serviceMs, giveUpAt - Date.now());
    let isLate = false;
    const cancel = () => {
      isLate = true;
      job.cancel().catch((error: unknown) => say(`${name}: ${error}`));
    };
    const timer = setTimeout(cancel, Math.max(0, left));
    const record = await job.ended.finally(() => clearTimeout(timer));
    if (record?.state === "done") {
      say(`${name}: ${record.before?.label} to ${record.after?.label}`);
      return "changed";
    }
    if (record?.state === "cancelled" && !isLate) {
      say(`${name}: skipped by hand. ${record.outcome}`);
      return "skipped";
    }
    if (isLate) return failed(name, `took too long. ${record?.outcome}`);
    return failed(name, [record?.error, record?.outcome].filter(Boolean).join(" "));
  }

  /** What the file asks for of services that are updated here; what it asks for besides is said. */
  function wanted(config: UpdatesConfig | null, results: ReconcileResult[]) {
    const asked = [...(config?.enabled ? config.services : [])];
    const known = asked.filter(([name, { autoUpdate }]) => {
      const why = autoUpdate ? whySkipped(name) : null;
      if (why !== null) {
        say(`${name}: skipped, ${why}`);
        results.push("skipped");
      }
      return autoUpdate && why === null;
    });
    return new Map(known);
  }

  /** Side by side, but for services that share their folders: all of them are through one phase first. */
  async function reconcile(config: UpdatesConfig | null): Promise<ReconcileResult[]> {
    const giveUpAt = Date.now() + deadlines.wholeMs;
    const results: ReconcileResult[] = [];
    const entries = wanted(config, results);
    const groups = await createGroups(deps.names(), deps.sharing);
    const inTurn = groups.createTurns();

    const mended = groups.begin(null, (name) =>
      inTurn(name, () => guarded(name, () => mend(name))),
    );
    const asked = groups.begin(mended, async (name) => {
      const entry = entries.get(name);
      const plan = entry && (await guarded(name, () => ask(name, entry)));
      return plan ? { entry, plan, giveUpAt } : null;
    });
    const updated = groups.begin(asked, async (name) => {
      const one = await asked.get(name);
      const followed = one && inTurn(name, () => guarded(name, () => follow(name, one)));
      if (entries.has(name)) results.push((await followed) ?? "failed");
    });
    const released = groups.begin(updated, async (name) => {
      if (!deps.dryRun) await guarded(name, () => deps.release(name));
    });
    await Promise.all(released.values());
    return results;
  }

  return {
    /** Answers the exit code: 0 all is as asked for, 1 something failed, 2 it could not begin. */
    async run(): Promise<0 | 1 | 2> {
      if (!deps.dryRun && !(await deps.isReady())) {
        const sentence =
          "supervisord does not answer, so no update is re-applied at this boot: the services start with the versions that are there.";
        say(`Updates: ${sentence}`);
        await deps.noteProblem(sentence).catch((error: unknown) => say(String(error)));
        return 2;
      }
      const config = await deps.readConfig().catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        say(`Updates: ${error.message}`);
        return null;
      });
      const results = await reconcile(config);
      if (config === null) return 2;
      say(config.enabled ? countResults(results) : "Updates: not enabled, nothing is re-applied");
      return results.includes("failed") ? 1 : 0;
    },
  };
}

/** Null where it takes longer; it goes on by itself then. */
async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T | null> {
  const timeout = new AbortController();
  const late = sleep(ms, null, { signal: timeout.signal }).catch(() => null);
  return Promise.race([work, late]).finally(() => timeout.abort());
}
