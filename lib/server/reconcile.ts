import { setTimeout as sleep } from "node:timers/promises";
import type { UpdatePlan } from "@/lib/contract/updates";
import type { UpdateEntry, UpdatesConfig } from "./adapters/updates-config";
import { CATALOGUE } from "./catalogue";
import { AppError } from "./errors";
import type { JobRecord } from "./update-record";
import { findOwnSource } from "./update-sources";

export type ReconcileDeadlines = { serviceMs: number; wholeMs: number };

type Result = "changed" | "same" | "failed" | "skipped";

/**
 * Brings each service to what service-updates.toml asks for, before the services start. One that
 * fails does not stop the others, and nothing that does not answer holds the boot up for long.
 */
export function createReconcile(deps: {
  readConfig: () => Promise<UpdatesConfig>;
  /** The services that work in the same folders: one of them after the other. */
  sharing: (name: string) => Promise<string[]>;
  /** What a job that was cut off before this boot is brought to; null where there is none. */
  mend: (name: string) => Promise<JobRecord | null>;
  /** The exact target that failed last; it is not tried again unless it is asked for by name. */
  failedTarget: (name: string) => Promise<string | null>;
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

  async function one(name: string, entry: UpdateEntry, giveUpAt: number): Promise<Result> {
    const mended = await deps.mend(name);
    if (mended) say(`${name}: ${mended.outcome ?? "the last update was cut off"}`);
    const left = Math.min(deadlines.serviceMs, giveUpAt - Date.now());
    if (left <= 0) return failed(name, "no time is left at this boot");
    const plan = await withDeadline(deps.plan(name, entry.target), left);
    if (plan === null) return failed(name, "its source did not answer in time");
    if (plan.blockers.length > 0) return failed(name, plan.blockers.join(" "));
    if (plan.nothing_to_do && !mended) return same(name, plan);
    if (entry.target === null && plan.target === (await deps.failedTarget(name))) {
      say(`${name}: skipped, ${plan.to} failed before`);
      return "skipped";
    }
    if (deps.dryRun) {
      say(`${name}: would go from ${plan.from} to ${plan.to}`);
      return "changed";
    }
    return update(name, entry, giveUpAt);
  }

  function same(name: string, plan: UpdatePlan): Result {
    say(`${name}: is at ${plan.from} already`);
    return "same";
  }

  async function update(name: string, { target }: UpdateEntry, giveUpAt: number): Promise<Result> {
    const job = await deps.update(name, target);
    const left = Math.min(deadlines.serviceMs, giveUpAt - Date.now());
    const timer = setTimeout(() => void job.cancel(), Math.max(0, left));
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

  async function guarded(name: string, entry: UpdateEntry, giveUpAt: number): Promise<Result> {
    try {
      return await one(name, entry, giveUpAt);
    } catch (error) {
      if (!(error instanceof AppError)) say(String(error instanceof Error ? error.stack : error));
      return failed(name, error instanceof Error ? error.message : String(error));
    }
  }

  function whySkipped(name: string): string | null {
    try {
      findOwnSource(name);
      return null;
    } catch {
      return CATALOGUE.has(name) ? "it is part of the image" : "there is no such service";
    }
  }

  return {
    /** Answers the exit code: 0 all is as asked for, 1 something failed, 2 the file cannot be used. */
    async run(): Promise<0 | 1 | 2> {
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
      const giveUpAt = Date.now() + deadlines.wholeMs;
      const results: Result[] = [];
      const lines = new Map<string, Promise<void>>();
      const asked = [...config.services].filter(([, { autoUpdate }]) => autoUpdate);
      for (const [name, entry] of asked) {
        const why = whySkipped(name);
        if (why !== null) {
          say(`${name}: skipped, ${why}`);
          results.push("skipped");
          continue;
        }
        const before = [name, ...(await deps.sharing(name))].map((other) => lines.get(other));
        const turn = Promise.all(before).then(async () => {
          results.push(await guarded(name, entry, giveUpAt));
        });
        lines.set(name, turn);
      }
      await Promise.all(lines.values());
      say(sayResults(asked.length, results));
      return results.includes("failed") ? 1 : 0;
    },
  };
}

function sayResults(asked: number, results: Result[]): string {
  const count = (result: Result) => results.filter((one) => one === result).length;
  const parts = [
    `${asked} asked for`,
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
