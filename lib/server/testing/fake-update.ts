import type { UpdatePlan } from "@/lib/contract/updates";
import { AppError } from "../errors";
import { createUpdateJob, type UpdateJobDeps } from "../update-job";
import type { Snapshot, Staged } from "../update-parts";
import { type ExactTarget, type JobRecord, newRecord } from "../update-record";

export const OLD: ExactTarget = { exact: "old", branch: "main", label: "main@old" };
export const NEW: ExactTarget = { exact: "new", branch: "main", label: "main@new" };

/** Thrown where the process of a job is killed: nothing after it happens. */
export class Killed extends Error {}

type Trouble = {
  /** Before the nth thing that changes the machine or the disk, from 1. */
  killAt?: number;
  /** The verbs that fail, each with its sentence. */
  fails?: Partial<Record<string, string>>;
  /** Cancelled as soon as this verb has begun. */
  cancelAt?: string;
};

/**
 * A machine in memory with one service at OLD, and the update of it to NEW. Every change of it or of
 * what is on its disk is an effect, and the process of the job can be killed before any of them.
 */
export function createFakeUpdate({
  wasRunning = true,
  request = {} as Partial<JobRecord["request"]>,
} = {}) {
  const machine = { source: "old", packages: "old", runs: wasRunning ? "old" : null, pin: "none" };
  const disk = { record: null as JobRecord | null, audit: [] as JobRecord[] };
  const kept = { snapshot: null as Snapshot | null, staged: null as Staged | null };
  const lines: string[] = [];
  let trouble: Trouble = {};
  let effects = 0;
  let isCancelled = false;

  function effect(verb: string, change: () => void): void {
    if (trouble.cancelAt === verb) isCancelled = true;
    effects += 1;
    if (effects === trouble.killAt) throw new Killed(verb);
    const failure = trouble.fails?.[verb];
    if (failure) throw new AppError("conflict", failure);
    change();
  }

  /** A killed process does not run its own clean-up either. */
  const alive =
    <Args extends unknown[], T>(work: (...args: Args) => T) =>
    async (...args: Args): Promise<Awaited<T>> => {
      if (trouble.killAt !== undefined && effects >= trouble.killAt) throw new Killed("dead");
      return await work(...args);
    };

  function start(): void {
    machine.runs = machine.source === machine.packages ? machine.source : "broken";
  }

  const deps: UpdateJobDeps = {
    write: alive((record) =>
      effect("write", () => {
        disk.record = record;
      }),
    ),
    keep: {
      snapshot: {
        read: alive(() => kept.snapshot),
        write: alive((value) =>
          effect("snapshot", () => {
            kept.snapshot = value;
          }),
        ),
      },
      staged: {
        read: alive(() => kept.staged),
        write: alive((value) =>
          effect("staged", () => {
            kept.staged = value;
          }),
        ),
      },
    },
    changesSince: alive(() => ({ snapshot: { ...snapshotOf(OLD), database: false }, changes: [] })),
    isCancelRequested: async () => isCancelled,
    say: (line) => lines.push(line),
    plan: alive(() => {
      effect("plan", () => {});
      return { plan: planOf(machine.source === "new"), target: NEW, overwrittenFiles: [] };
    }),
    parts: () => ({
      current: alive(() => (machine.source === "new" ? NEW : OLD)),
      takeSnapshot: alive(() => ({ snapshot: snapshotOf(OLD), detail: "old" })),
      fetch: alive(() => {
        effect("fetch", () => {});
        return { staged: { resolution: null, webUi: false }, detail: "1 commit" };
      }),
      keepEdits: alive(() => effect("keepEdits", () => {})),
      apply: alive(() => {
        effect("apply", () => {
          machine.source = "half";
        });
        effect("apply, second half", () => {
          machine.source = "new";
        });
        return "new";
      }),
      install: alive(() => {
        effect("install", () => {
          machine.packages = "half";
        });
        effect("install, second half", () => {
          machine.packages = "new";
        });
        return "1 changed";
      }),
      check: alive(() => effect("check", () => {})),
      restore: alive(() => {
        effect("restore", () => {
          machine.packages = "old";
        });
        effect("restore, second half", () => {
          machine.source = "old";
        });
        return "old";
      }),
      hasStaging: alive(() => true),
      clean: alive(() => effect("clean", () => {})),
    }),
    service: {
      capture: alive(() => ({
        state: wasRunning ? "running" : "stopped",
        answeringPort: wasRunning ? 5555 : null,
      })),
      whyNotRestarted: alive((was) => (was?.state === "running" ? null : "it was stopped")),
      restart: alive(() => {
        effect("stop", () => {
          machine.runs = null;
        });
        effect("start", start);
        return null;
      }),
      start: alive(() => effect("start again", start)),
      stop: alive(() =>
        effect("stop again", () => {
          machine.runs = null;
        }),
      ),
      watch: alive(() => {
        effect("watch", () => {});
        return "up 30 s";
      }),
      hasRestarted: alive(() => false),
      copyDatabase: alive(() => false),
      putDatabaseBack: alive(() => {}),
      restoreDatabase: alive(() => {}),
      failedLog: alive(() => ["ImportError: no module"]),
    },
    pin: alive((record) =>
      effect("pin", () => {
        machine.pin = record.after?.exact ?? "none";
      }),
    ),
    audit: alive((record) =>
      effect("audit", () => {
        if (!disk.audit.some(({ id }) => id === record.id)) disk.audit.push(record);
      }),
    ),
  };

  const first = newRecord(
    {
      id: "job-1",
      name: "comfy",
      display: "Comfy UI",
      kind: "git",
      trigger: "user",
      actor: "user",
      mends: false,
      request: { target: null, keepEdits: false, policy: null, rollbackTo: null, ...request },
    },
    0,
  );

  async function attempt(work: () => Promise<JobRecord>): Promise<JobRecord | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Killed) return null;
      throw error;
    }
  }

  return {
    machine,
    disk,
    lines,
    effects: () => effects,
    /** Null where its process was killed. */
    async run(given: Trouble = {}): Promise<JobRecord | null> {
      trouble = given;
      effects = 0;
      disk.record = first;
      return attempt(() => createUpdateJob(first, deps).run());
    },
    /** What the next process does with what is on disk. */
    async recover(given: Trouble = {}): Promise<JobRecord | null> {
      trouble = given;
      effects = 0;
      const record = disk.record ?? first;
      return attempt(() => createUpdateJob(record, deps).recover());
    },
  };
}

function snapshotOf(before: ExactTarget): Snapshot {
  return { takenAt: new Date(0).toISOString(), before, git: null, packages: null, database: false };
}

function planOf(isThere: boolean): UpdatePlan {
  return {
    name: "comfy",
    source: "git",
    from: "main@old",
    to: "main@new",
    target: "new",
    nothing_to_do: isThere,
    is_downgrade: false,
    commits_total: 1,
    commits: [],
    requirements_changed: false,
    requirements_diff: [],
    packages: null,
    submodules_changed: [],
    web_ui_is_built: false,
    disk: { needed_bytes: 0, free_bytes: null },
    local_changes: [],
    overwritten: [],
    shares_venv_with: [],
    restarts: true,
    runs_now: true,
    policy: "manual",
    blockers: [],
    notes: [],
  };
}
