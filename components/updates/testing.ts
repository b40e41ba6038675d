import type {
  HistoryEntry,
  ServiceVersion,
  UpdateJob,
  UpdatePlan,
  UpdateStep,
} from "@/lib/contract/updates";

const OLD = `123a787${"0".repeat(33)}`;
export const NEW = `76a7fe9${"0".repeat(33)}`;

/** Comfy UI, up to date, unless said otherwise. */
export function aVersion(facts: Partial<ServiceVersion> = {}): ServiceVersion {
  return {
    name: "comfy",
    display: "Comfy UI",
    source: "git",
    update_supported: true,
    installed: "master@123a787",
    latest: "master@123a787",
    update_available: false,
    detail: null,
    checked_at: "2026-02-11T13:48:00Z",
    checking: false,
    check_error: null,
    commits_behind: 0,
    commits_ahead: 0,
    commits: [],
    requirements_changed: false,
    submodules_changed: false,
    local_changes: [],
    policy: "manual",
    pinned: null,
    skipped: null,
    failed: null,
    interrupted: false,
    ...facts,
  };
}

export const anOffer = (facts: Partial<ServiceVersion> = {}) =>
  aVersion({ latest: "master@76a7fe9", update_available: true, commits_behind: 14, ...facts });

export function aPlan(facts: Partial<UpdatePlan> = {}): UpdatePlan {
  return {
    name: "comfy",
    source: "git",
    from: "master@123a787",
    to: "master@76a7fe9",
    target: NEW,
    nothing_to_do: false,
    is_downgrade: false,
    commits_total: 1,
    commits: [
      { sha: NEW, subject: "Fix the sampler", author: "jaretb", date: "2026-02-11T12:00:00Z" },
    ],
    requirements_changed: false,
    requirements_diff: [],
    packages: [],
    submodules_changed: [],
    web_ui_is_built: false,
    disk: { needed_bytes: 2_100_000_000, free_bytes: 88_000_000_000 },
    local_changes: [],
    overwritten: [],
    shares_venv_with: [],
    restarts: true,
    runs_now: true,
    policy: "manual",
    blockers: [],
    notes: [],
    ...facts,
  };
}

const titles: [UpdateStep["name"], string][] = [
  ["preflight", "Check"],
  ["snapshot", "Take a snapshot"],
  ["fetch", "Fetch"],
  ["apply", "Apply"],
  ["dependencies", "Install packages"],
  ["restart", "Restart Comfy UI"],
  ["health", "See that it answers"],
  ["commit", "Keep"],
];

export function aStep(facts: Partial<UpdateStep> & Pick<UpdateStep, "name">): UpdateStep {
  const title = titles.find(([name]) => name === facts.name)?.[1] ?? "Put the old version back";
  return { title, state: "pending", started_at: null, ended_at: null, detail: null, ...facts };
}

/** The eight steps, with `current` running. */
export function stepsAt(current: UpdateStep["name"], detail: string | null = null): UpdateStep[] {
  const at = titles.findIndex(([name]) => name === current);
  const times = { started_at: "2026-02-11T13:50:00Z", ended_at: "2026-02-11T13:50:01Z" };
  return titles.map(([name], index) => {
    if (index < at) return aStep({ name, state: "done", ...times });
    if (index > at) return aStep({ name });
    return aStep({ name, state: "running", started_at: times.started_at, detail });
  });
}

/** An update of Comfy UI that runs, unless said otherwise. */
export function aJob(facts: Partial<UpdateJob> = {}): UpdateJob {
  return {
    id: "job-1",
    name: "comfy",
    state: "running",
    trigger: "user",
    target_version: null,
    target: "master@76a7fe9",
    pid: 77,
    cancelling: false,
    last_line: "",
    error: null,
    outcome: null,
    installed_before: "master@123a787",
    installed_after: "master@76a7fe9",
    rollback_before: OLD,
    rollback_after: null,
    kept_branch: null,
    whole: true,
    started_at: 1_770_800_000,
    updated_at: 1_770_800_001,
    ended_at: null,
    steps: stepsAt("dependencies", "torchao 0.12.0, 62 %"),
    output_tail: ["Collecting torchao"],
    output_size: 18,
    failed_log: [],
    log_path: "/workspace/updates/job-1.log",
    ...facts,
  };
}

export function anEntry(facts: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    timestamp: "2026-02-11T04:13:00Z",
    service: "comfy",
    kind: "git",
    reason: "update",
    state: "done",
    target: NEW,
    before: "master@123a787",
    after: "master@76a7fe9",
    error: null,
    job_id: "job-1",
    actor: "user",
    duration_seconds: 48,
    display: "Comfy UI",
    has_log: true,
    can_roll_back: false,
    ...facts,
  };
}
