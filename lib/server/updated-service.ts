import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { LogTail } from "@/lib/contract/logs";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { AppError, isUnavailable } from "./errors";
import { redact } from "./redact";
import type { Health } from "./update-health";
import type { Was } from "./update-record";

const FAILED_LOG_LINES = 40;
/** supervisord gets this long to come back before the files are put back without it. */
const AWAY_MS = 60_000;
const AWAY_PAUSE_MS = 1000;

const AFTER_THIS = "it starts after this";

/** The database that the new version may change in a way that the old one refuses. */
export type ServiceDatabase = {
  /** Answers false where there is none. */
  copy: (signal?: AbortSignal) => Promise<boolean>;
  /** Only where its schema has changed. */
  restore: () => Promise<void>;
  /** Puts the one of an earlier job in its place, where the schema differs. */
  restoreFrom: (jobId: string) => Promise<void>;
};

export type UpdatedService = ReturnType<typeof createUpdatedService>;

/** The running side of an update: what the service did before, its restart, and whether it stays up. */
export function createUpdatedService(
  name: string,
  deps: {
    find: (name: string) => Promise<Service>;
    act: (name: string, action: ServiceAction) => Promise<unknown>;
    answers: (port: number) => Promise<boolean>;
    health: Health;
    tailLog: (name: string, wish: { lines: number; stream: "err" | "out" }) => Promise<LogTail>;
    restartsAfterUpdate: () => Promise<boolean>;
    database: ServiceDatabase | null;
    /** supervisord has not started yet, and will start the service when this is over. */
    isBoot: boolean;
  },
) {
  async function stop(): Promise<void> {
    if (deps.isBoot) return;
    await patiently(() => deps.act(name, "stop"));
  }

  async function start(): Promise<void> {
    if (deps.isBoot) return;
    await patiently(() => deps.act(name, "start"));
  }

  async function patiently(work: () => Promise<unknown>): Promise<void> {
    const giveUpAt = Date.now() + AWAY_MS;
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!isUnavailable(error) || Date.now() > giveUpAt) throw error;
        await sleep(AWAY_PAUSE_MS);
      }
    }
  }

  /** Only on the way to an earlier version, which may refuse what a newer one made of the database. */
  async function putDatabaseBack(jobId: string | null): Promise<void> {
    if (jobId !== null) await deps.database?.restoreFrom(jobId);
  }

  return {
    start,
    stop,
    putDatabaseBack,

    async capture(): Promise<Was> {
      const nothing: Was = { state: "stopped", answeringPort: null };
      if (deps.isBoot) return nothing;
      const { state, port } = await deps.find(name);
      if (state === "BACKOFF" || state === "UNKNOWN") return { ...nothing, state: "broken" };
      if (state !== "RUNNING" && state !== "STARTING") return nothing;
      const answers = port !== null && (await deps.answers(port));
      return { state: "running", answeringPort: answers ? port : null };
    },

    /** Null where it is to be restarted. */
    async whyNotRestarted(was: Was | null): Promise<string | null> {
      if (deps.isBoot) return AFTER_THIS;
      if (was === null || was.state === "stopped") return "it was stopped and stays so";
      return (await deps.restartsAfterUpdate()) ? null : "restart_after_update is off";
    },

    /** With a copy of its database from between the two: nobody writes to it then. */
    async restart(was: Was | null, rollbackTo: string | null): Promise<string | null> {
      await stop();
      await deps.database?.copy();
      await putDatabaseBack(rollbackTo);
      await start().catch((error: unknown) => {
        if (was?.state !== "broken" || !(error instanceof AppError)) throw error;
      });
      return null;
    },

    async watch(
      was: Was | null,
      say: (detail: string) => void,
      signal?: AbortSignal,
    ): Promise<string> {
      if (deps.isBoot) return AFTER_THIS;
      const port = was?.answeringPort ?? null;
      return deps.health.watch({ name, port, onDetail: say, ...(signal && { signal }) });
    },

    copyDatabase: async (signal?: AbortSignal): Promise<boolean> =>
      (await deps.database?.copy(signal)) ?? false,

    /** Whether what ran at that moment has been started anew since, or runs no more. */
    async hasRestarted(was: Was | null, since: number | null): Promise<boolean> {
      if (deps.isBoot || was?.state !== "running" || since === null) return false;
      const service = await deps.find(name).catch(() => null);
      if (service === null) return false;
      const startedAt = service.started_at === null ? 0 : Date.parse(service.started_at);
      // supervisord tells whole seconds.
      return !service.running || startedAt > since + 1000;
    },

    restoreDatabase: async (): Promise<void> => deps.database?.restore(),

    /** The last lines that it wrote, without colours. */
    async failedLog(): Promise<string[]> {
      const tail = await deps.tailLog(name, { lines: FAILED_LOG_LINES, stream: "err" });
      return redact(stripVTControlCharacters(tail.log))
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== "");
    },
  };
}
