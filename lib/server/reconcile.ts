import { setTimeout as sleep } from "node:timers/promises";
import type { UpdatePlan } from "@/lib/contract/updates";
import type { UpdateEntry, UpdatesConfig } from "./adapters/updates-config";
import { CATALOGUE } from "./catalogue";
import { AppError } from "./errors";
import type { JobRecord } from "./update-record";
import { findOwnSource } from "./update-sources";

/** For a source to answer, for one update, and for all of them. */
export type ReconcileDeadlines = { sourceMs: number; serviceMs: number; wholeMs: number };

type Result = "changed" | "same" | "failed" | "skipped";
type Asked = { name: string; entry: UpdateEntry; plan: UpdatePlan };

/**
 * Brings each service to what service-updates.toml asks for, before the services start. One that
 * fails does not stop the others, and nothing that does not answer holds the boot up for long.
 */
export function createReconcile(deps: {
  /** All services that are updated here. */
  names: () => string[];
  readConfig: () => Promise<UpdatesConfig>;
  /** The services that work in the same folders: one of them after the other. */
  sharing: (name: string) => Promise<string[]>;
  /** What a job that was cut off before this boot is brought to; null where there is none. */
  mend: (name: string) => Promise<JobRecord | null>;
  /** Of the newest, which is then not tried again unless it is asked for by name. */
  hasFailedBefore: (name: string, target: string | null) => Promise<boolean>;
  plan: (name: string, target: string | null) => Promise<UpdatePlan>;
  update: (
    name: string,
    target: string | null,
  ) => Promise<{
    cancel: () => Promise<void>;
    ended: Promise<JobRecord | null>;
  }>;
  say: (line: string) => void;
  deadlines: ReconcileDeadlines;
  dryRun: boolean;
}) {
  const { say, deadlines } = deps;

  /** Null where it did not answer; then that is said. */
  async function ask(name: string, { target }: UpdateEntry): Promise<UpdatePlan | null> {
    const plan = await withDeadline(deps.plan(name, target), deadlines.sourceMs);
    if (plan === null) failed(name, "its source did not answer in time");
    return plan;
  }

  async function follow(asked: Asked, giveUpAt: number): Promise<Result> {
    const { name, entry, plan } = asked;
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

  async function update(name: string, { target }: UpdateEntry, giveUpAt: number): Promise<Result> {
    const job = await deps.update(name, target);
    const left = Math.min(deadlines.serviceMs, giveUpAt - Date.now());
    const cancel = () => job.cancel().catch((error: unknown) => say(`${name}: ${error}`));
    const timer = setTimeout(cancel, Math.max(0, left));
    const record = await job.ended.finally(() => clearTimeout(timer));
    if (record?.state === "done") {
      say(`${name}: ${record.before?.label} to ${record.after?.label}`);
      return "changed";
    }
    if (record?.state === "cancelled") return failed(name, `took too long. ${record.outcome}`);
    return failed(name, [record?.error, record?.outcome].filter(Boolean).join(" "));
  }

  function failed(name: string, why: string): Result {
    say(`${name}: failed: ${why}`);
    return "failed";
  }

  async function guarded<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) say(String(error instanceof Error ? error.stack : error));
      failed(name, error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  /** What was cut off is half of one version and half of another, whatever the file says of it. */
  async function mendAll(): Promise<void> {
    const mends = deps.names().map((name) =>
      guarded(name, async () => {
        const mended = await deps.mend(name);
        if (mended) say(`${name}: ${mended.outcome ?? "the last update was cut off"}`);
      }),
    );
    await Promise.all(mends);
  }

  function whySkipped(name: string): string | null {
    try {
      findOwnSource(name);
      return null;
    } catch {
      return CATALOGUE.has(name) ? "it is part of the image" : "there is no such service";
    }
  }

  async function reconcile({ services }: UpdatesConfig): Promise<Result[]> {
    const giveUpAt = Date.now() + deadlines.wholeMs;
    const results: Result[] = [];
    const wanted = [...services].filter(([, { autoUpdate }]) => autoUpdate);
    const known = wanted.filter(([name]) => {
      const why = whySkipped(name);
      if (why === null) return true;
      say(`${name}: skipped, ${why}`);
      results.push("skipped");
      return false;
    });
    // All sources side by side, so that several dead ones take no longer than one.
    const plans = await Promise.all(
      known.map(async ([name, entry]) => {
        const plan = await guarded(name, () => ask(name, entry));
        if (plan === null) results.push("failed");
        return plan && { name, entry, plan };
      }),
    );
    const turns = new Map<string, Promise<void>>();
    for (const asked of plans.filter((plan) => plan !== null)) {
      const { name } = asked;
      const before = [name, ...(await deps.sharing(name))].map((other) => turns.get(other));
      const turn = Promise.all(before).then(async () => {
        results.push((await guarded(name, () => follow(asked, giveUpAt))) ?? "failed");
      });
      turns.set(name, turn);
    }
    await Promise.all(turns.values());
    return results;
  }

  return {
    /** Answers the exit code: 0 all is as asked for, 1 something failed, 2 the file cannot be used. */
    async run(): Promise<0 | 1 | 2> {
      if (!deps.dryRun) await mendAll();
      const config = await deps.readConfig().catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        say(`Updates: ${error.message}`);
        return null;
      });
      if (config === null) return 2;
      if (!config.enabled) {
        say("Updates: not enabled, nothing is re-applied");
        return 0;
      }
      const results = await reconcile(config);
      say(sayResults(results));
      return results.includes("failed") ? 1 : 0;
    },
  };
}

function sayResults(results: Result[]): string {
  const count = (result: Result) => results.filter((one) => one === result).length;
  const parts = [
    `${results.length} asked for`,
    `${count("changed")} changed`,
    `${count("same")} already there`,
    `${count("failed")} failed`,
    `${count("skipped")} skipped`,
  ];
  return `Updates: ${parts.join(", ")}`;
}

/** Null where it takes longer; it goes on by itself then. */
async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T | null> {
  const timeout = new AbortController();
  const late = sleep(ms, null, { signal: timeout.signal }).catch(() => null);
  return Promise.race([work, late]).finally(() => timeout.abort());
}
