import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod/mini";
import type { Caller } from "@/lib/contract/access";
import {
  type Activity,
  type ActivityAction,
  ActivityEntry,
  type ActivityResult,
} from "@/lib/contract/activity";
import { BulkResult } from "@/lib/contract/services";
import { type ActivityWish, matchesWish } from "./activity-filter";
import { toActivityLine } from "./activity-line";
import { A_BUG, createActivityQueue } from "./activity-queue";
import type { AuditLog } from "./adapters/audit-log";
import { createTurns } from "./adapters/turns";
import { AppError } from "./errors";

/** So long an answer waits for what is being written. */
const PATIENCE_MS = 3000;
const READERS = { atOnce: 2, waiting: 20 };

/** What somebody does; the rest of its entry is who, when and how it went. */
export type Deed = {
  action: ActivityAction;
  /** The name of a service, a token, a session. */
  target: string | null;
  /** What exactly. */
  detail?: string | undefined;
};
export type Note = (...deeds: Deed[]) => void;
type Outcome = { result: ActivityResult; error?: string | undefined };
export type Recorded = Deed & Outcome & Pick<Caller, "address"> & { actor: string };

export type ActivityLog = ReturnType<typeof createActivity>;

/** The audit: what people and scripts did here. Nothing waits for it to be written, and nothing fails with it. */
export function createActivity(deps: {
  log: AuditLog;
  displayOf: (service: string) => string;
  report: (error: unknown) => void;
}) {
  const queue = createActivityQueue(deps.log, deps.report);
  const readers = createTurns(READERS.atOnce, READERS.waiting);

  function record(recorded: Recorded): void {
    const entry = { id: randomBytes(9).toString("base64url"), time: new Date().toISOString() };
    queue.add(toActivityLine({ ...entry, ...recorded }));
  }

  async function collect(
    wish: ActivityWish,
    signal: AbortSignal,
  ): Promise<Pick<Activity, "entries" | "more">> {
    const entries: ActivityEntry[] = [];
    let isReached = wish.before === undefined;
    for await (const line of deps.log.readBackwards()) {
      if (signal.aborted) break;
      if (!isReached) {
        isReached = line.startsWith(`{"id":"${wish.before}"`);
        continue;
      }
      const entry = parseEntry(line);
      if (!entry || !matchesWish(entry, wish, deps.displayOf)) continue;
      if (entries.length >= wish.limit) return { entries, more: true };
      entries.push(entry);
    }
    return { entries, more: false };
  }

  return {
    record,

    /**
     * Does the work of a request. What it notes is recorded once it is known how it went; work that fails
     * before it has noted anything was not understood, and nobody did anything.
     */
    async audit<T>(caller: Caller, work: (note: Note) => T | Promise<T>): Promise<T> {
      const deeds: Deed[] = [];
      const recordAll = (outcomeOf: (deed: Deed) => Outcome) => {
        const who = { actor: caller.name, address: caller.address };
        for (const deed of deeds) record({ ...who, ...deed, ...outcomeOf(deed) });
      };
      try {
        const answer = await work((...noted) => void deeds.push(...noted));
        recordAll(({ target }) => outcomeIn(answer, target));
        return answer;
      } catch (error) {
        recordAll(() => failureOf(error));
        throw error;
      }
    },

    /** Newest first; what was done a moment ago is among them. */
    async list(wish: ActivityWish, signal: AbortSignal): Promise<Activity> {
      await Promise.race([queue.settled(), sleep(PATIENCE_MS, null, { ref: false })]);
      const found = await readers.take(signal, () => collect(wish, signal));
      return { ...found, problem: queue.problem() };
    },

    close: queue.close,
  };
}

function failureOf(error: unknown): Outcome {
  if (!(error instanceof AppError)) return { result: "failed", error: A_BUG };
  const wasTried = error.code === "conflict" || error.code === "unavailable";
  return { result: wasTried ? "failed" : "refused", error: error.message };
}

const BulkAnswer = z.array(BulkResult);

/** The answer to a request that does something to several services says for each how it went. */
function outcomeIn(answer: unknown, target: string | null): Outcome {
  const results = BulkAnswer.safeParse(answer).data ?? [];
  const own = results.find(({ name }) => name === target);
  return own?.status === "error" ? { result: "failed", error: own.detail } : { result: "ok" };
}

function parseEntry(line: string): ActivityEntry | null {
  try {
    return ActivityEntry.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
