import type { Service } from "@/lib/contract/services";
import type { Git } from "./adapters/git";
import type { UpdatesConfig } from "./adapters/updates-config";
import { withDeadline } from "./answers";
import { CATALOGUE } from "./catalogue";
import { sayFailure } from "./check-failure";
import { AppError } from "./errors";
import { exactOf, type Installed, labelOf, type ReadPackages, readInstalled } from "./installed";
import { type ChangeTools, createFindChange } from "./update-change";
import { choiceOf, NO_CHOICE } from "./update-choice";
import { NO_DISK } from "./update-disk";
import { leastFree, type MeasureDeps } from "./update-disk-facts";
import { createFindPackages, type PackageTools } from "./update-packages";
import type { CheckoutFacts, PlanFacts } from "./update-plan-facts";
import type { ExactTarget } from "./update-record";
import { expectedAt, findOwnSource, locate, type SourceDirs, sharingVenv } from "./update-sources";
import { NO_CHANGE } from "./update-tree";
import type { Undo } from "./update-undo";
import { isSameTarget } from "./version-order";
import { isInterrupted, type LastJob } from "./version-row";

const SOURCE_DEADLINE_MS = 120_000;
const PACKAGES_DEADLINE_MS = 25_000;
const UP: ReadonlySet<string> = new Set(["RUNNING", "STARTING"]);
const TRYING: ReadonlySet<string> = new Set([...UP, "BACKOFF", "UNKNOWN"]);

export type FactTools = {
  git: ChangeTools["git"] & PackageTools["git"] & Pick<Git, "inspect">;
  pip: ChangeTools["pip"] & PackageTools["pip"];
};

export type PlanRequest = { target: string | null; rollbackTo: string | null };
export type UpdateFacts = ReturnType<typeof createUpdateFacts>;

/** Finds out all that a plan is made of. Changes nothing but what git keeps in refs/controlpilot. */
export function createUpdateFacts(deps: {
  /** Programs that end when the signal says so. */
  tools: (signal: AbortSignal) => FactTools;
  readPackages: ReadPackages;
  readConfig: () => Promise<UpdatesConfig>;
  services: () => Promise<Service[]>;
  /** Names of the services that a job is at work on, but for the job that asks. */
  busyNames: () => Promise<ReadonlySet<string>>;
  lastJob: (name: string) => Promise<LastJob | null>;
  /** What a rollback has to undo. Throws `not_found` where that is not kept any more. */
  changesSince: (name: string, jobId: string) => Promise<Undo>;
  /** The constraints that the image was built with; null where it has none. */
  constraintsOf: (name: string) => Promise<string | null>;
  databaseOf: (name: string) => string | null;
  measure: Omit<MeasureDeps, "readPackages">;
  dirs: SourceDirs & { workspaceRoot: string };
  /** Gets what is a bug. */
  report: (error: unknown) => void;
  sourceDeadlineMs?: number;
  packagesDeadlineMs?: number;
}) {
  const { dirs, sourceDeadlineMs: deadlineMs = SOURCE_DEADLINE_MS } = deps;
  const packagesDeadlineMs = deps.packagesDeadlineMs ?? PACKAGES_DEADLINE_MS;
  const findPackages = createFindPackages({ ...deps, deadlineMs: packagesDeadlineMs });
  const findChange = createFindChange({ ...deps, findPackages, deadlineMs });

  async function findServices(): Promise<Service[] | null> {
    return deps.services().catch((error: unknown) => {
      if (!(error instanceof AppError)) deps.report(error);
      return null;
    });
  }

  async function readConfig() {
    try {
      return { config: await deps.readConfig(), configError: null };
    } catch (error) {
      const configError = sayFailure(error);
      if (configError === null) throw error;
      return { config: null, configError };
    }
  }

  async function findSharers(name: string, services: Service[] | null) {
    const [names, busy] = await Promise.all([sharingVenv(name, dirs), deps.busyNames()]);
    const find = (other: string) => services?.find((service) => service.name === other);
    const here = names.filter((other) => find(other)?.installed !== false);
    const sharers = here.map((other) => ({
      name: other,
      display: CATALOGUE.get(other)?.display ?? other,
      running: find(other)?.running ?? false,
      isBusy: busy.has(other),
    }));
    return { sharers, isBusy: busy.has(name) };
  }

  return {
    /**
     * Throws `not_found` for a service or a snapshot that there is not, `conflict` for a service that
     * comes with the image, and `unavailable` where its source cannot be asked.
     */
    async gather(name: string, { target, rollbackTo }: PlanRequest): Promise<PlanFacts> {
      const { source, display } = findOwnSource(name);
      const undo = rollbackTo === null ? null : await deps.changesSince(name, rollbackTo);
      const read = (signal: AbortSignal) =>
        readInstalled(source, dirs, { ...deps.tools(signal), readPackages: deps.readPackages });
      const [installed, services, { config, configError }, lastJob] = await Promise.all([
        withDeadline(read, deadlineMs),
        findServices(),
        readConfig(),
        deps.lastJob(name),
      ]);
      const mends = isInterrupted(lastJob);
      const aim = { wanted: target, back: undo?.snapshot.before ?? null };
      const packages = undo?.changes ?? null;
      const change = installed
        ? await findChange(installed, { ...aim, name, source, packages, mends })
        : ABSENT;
      const { repoDir, venvDir } = await locate(source, dirs);
      return {
        name,
        display,
        source: source.kind,
        installed: installed && asExact(installed),
        expectedAt: expectedAt(source, dirs),
        checkout: installed && checkoutOf(installed),
        change,
        mends,
        failedBefore: failureAt(change.target, lastJob, source.kind),
        snapshot: undo?.snapshot ?? null,
        ...(await findSharers(name, services)),
        service: services && stateOf(services.find((service) => service.name === name)),
        restartAfterUpdate: config?.restartAfterUpdate ?? true,
        policy: (config ? choiceOf(config, name) : NO_CHOICE).policy,
        configError,
        freeBytes: await leastFree(deps.measure, [repoDir, venvDir, dirs.workspaceRoot]),
      };
    },
  };
}

function asExact(installed: Installed): ExactTarget {
  const branch = installed.kind === "git" ? installed.checkout.branch : null;
  return { exact: exactOf(installed), branch, label: labelOf(installed) };
}

function checkoutOf(installed: Installed): CheckoutFacts | null {
  if (installed.kind !== "git") return null;
  const { dir, branch, followed, operation, localChanges } = installed.checkout;
  return { dir, branch, hasRemote: followed !== null, operation, localChanges };
}

function stateOf(service: Service | undefined): PlanFacts["service"] {
  const state = service?.state ?? "STOPPED";
  return { running: UP.has(state), restartable: TRYING.has(state) };
}

function failureAt(
  target: ExactTarget | null,
  job: LastJob | null,
  kind: "git" | "pip",
): string | null {
  if (!target || !job) return null;
  return job.failures.find((one) => isSameTarget(kind, one.target, target.exact))?.error ?? null;
}

/** Of a service that is not installed. */
const ABSENT = { ...NO_CHANGE, packagesError: null, buildsWebUi: false, disk: NO_DISK };
