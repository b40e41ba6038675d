import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceVersion } from "@/lib/contract/updates";
import type { UpdatesConfig } from "./adapters/updates-config";
import { CATALOGUE } from "./catalogue";
import { sayCheckFailure, sayFailure } from "./check-failure";
import type { Installed, ReadPackages } from "./installed";
import { choiceOf, NO_CHOICE } from "./update-choice";
import { SOURCES, type SourceDirs, type UpdateSource } from "./update-sources";
import { type Checked, createVersionChecks, type VersionTools } from "./version-checks";
import { type LastJob, NOTHING_KNOWN, type RowFacts, versionRow } from "./version-row";

const DEADLINE_MS = 8000;
const FETCH_DEADLINE_MS = 60_000;
/** Where nobody wants to wait, a slow disk gets this long. */
const AT_ONCE_MS = 500;
const UNREADABLE = "It cannot be read. ControlPilot's err log says why.";
const UNFETCHED = "What the newest version brings could not be fetched.";

type Config = { value: UpdatesConfig | null; error: string | null };
type Pending = Promise<void> | null;
type Wait = (pending: Pending) => Promise<void>;
type Wish = { refresh: boolean; waitForDisk: Wait; waitForSource: Wait };

/**
 * What is installed and what is newest of each service. What is installed is read from the disk, at
 * most every 2 s; the sources are asked side by side, and what they answer is kept for 15 min.
 */
export function createVersions(deps: {
  /** Programs that end when the signal says so. */
  tools: (signal: AbortSignal) => VersionTools;
  readPackages: ReadPackages;
  readConfig: () => Promise<UpdatesConfig>;
  lastJob: (name: string) => Promise<LastJob | null>;
  dirs: SourceDirs;
  /** Gets what is a bug. */
  report: (error: unknown) => void;
  now?: () => number;
  deadlineMs?: number;
  fetchDeadlineMs?: number;
}) {
  const { now = Date.now, deadlineMs = DEADLINE_MS, fetchDeadlineMs = FETCH_DEADLINE_MS } = deps;
  const checks = createVersionChecks({ ...deps, now, deadlineMs, fetchDeadlineMs });

  async function row(name: string, source: UpdateSource, config: Config, wish: Wish) {
    const display = CATALOGUE.get(name)?.display ?? name;
    const facts: RowFacts = { ...NOTHING_KNOWN, name, display, source: source.kind };
    if (source.kind === "image") return versionRow(facts);
    const disk = checks.disk(name, source);
    const [job] = await Promise.all([lastJob(name), wish.waitForDisk(disk.pending)]);
    const local: RowFacts = {
      ...facts,
      job,
      isChecking: disk.pending !== null,
      unread: disk.failure === null ? null : (sayFailure(disk.failure) ?? UNREADABLE),
      requirements: source.kind === "git" ? source.requirements : [],
      choice: config.value ? choiceOf(config.value, name) : NO_CHOICE,
      choiceError: config.error,
    };
    const installed = disk.value?.installed;
    if (!installed) return versionRow(local);
    // A job works on the same checkout, and nobody needs to know more while it does.
    const mayAsk = hasSource(installed) && !job?.isRunning;
    const checked = await check({ name, source, installed, mayAsk }, wish);
    return versionRow({ ...local, installed, ...checked });
  }

  async function check(service: Checked, { refresh, waitForSource }: Wish) {
    const newest = checks.newest(service, refresh);
    if (refresh || newest.answeredAt === null) await waitForSource(newest.pending);
    const target = newest.value?.target ?? null;
    const difference = checks.difference(service, target, refresh);
    if (difference?.value === null) await waitForSource(difference.pending);
    return {
      newest: target,
      checkedAt: newest.answeredAt,
      isChecking: Boolean(newest.pending ?? difference?.pending),
      checkError:
        newest.failure === null ? null : sayCheckFailure(newest.failure, service.installed),
      comparison: difference?.value ?? null,
      comparisonError: difference?.failure ? UNFETCHED : null,
    };
  }

  async function lastJob(name: string): Promise<LastJob | null> {
    return deps.lastJob(name).catch((error: unknown) => {
      deps.report(error);
      return null;
    });
  }

  async function readConfig(): Promise<Config> {
    try {
      return { value: await deps.readConfig(), error: null };
    } catch (error) {
      const sentence = sayFailure(error);
      if (sentence === null) deps.report(error);
      return { value: null, error: sentence ?? "service-updates.toml cannot be read." };
    }
  }

  return {
    /**
     * Waits for what was never answered, and with `refresh` for all, at most for the deadline. With
     * `wait: false` it waits for nothing; a row whose answer is on its way says so.
     */
    async list({
      refresh = false,
      wait = true,
    }: {
      refresh?: boolean | undefined;
      wait?: boolean | undefined;
    } = {}): Promise<ServiceVersion[]> {
      const done = new AbortController();
      try {
        const wish = { refresh, ...waiting(wait ? deadlineMs : 0, done.signal) };
        const config = await readConfig();
        const rows = [...SOURCES].map(([name, source]) => row(name, source, config, wish));
        return await Promise.all(rows);
      } finally {
        done.abort();
      }
    },
  };
}

/** Until what is pending is there, or the time for all of it is over. */
function waiting(sourceMs: number, signal: AbortSignal): Omit<Wish, "refresh"> {
  // A question that begins a little later than the wait is still to bring its own word of failure.
  const end = sleep(sourceMs + AT_ONCE_MS, undefined, { signal, ref: false }).catch(() => {});
  const wait = (pending: Pending) => Promise.race([pending, end]).then(() => {});
  return { waitForDisk: wait, waitForSource: sourceMs > 0 ? wait : () => Promise.resolve() };
}

function hasSource(installed: Installed): boolean {
  return installed.kind === "pip" || installed.checkout.followed !== null;
}
