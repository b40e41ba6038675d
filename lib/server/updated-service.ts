import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { LogTail } from "@/lib/contract/logs";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { AppError, isUnavailable } from "./errors";
import { redact } from "./redact";
import { isDown } from "./transitions";
import type { Health } from "./update-health";
import type { Was } from "./update-record";

const FAILED_LOG_LINES = 40;
/** supervisord gets this long to come back before the files are put back without it. */
const AWAY_MS = 60_000;
const AWAY_PAUSE_MS = 1000;

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
    /** Where its launcher waits, that goes on by itself, with what is there then. */
    release: () => Promise<void>;
  },
) {
  async function stop(): Promise<void> {
    await patiently(() => unlessGone(deps.act(name, "stop")));
  }

  async function start(): Promise<void> {
    await deps.release();
    await patiently(() => deps.act(name, "start"));
  }

  function find(): Promise<Service> {
    return patiently(() => deps.find(name));
  }

  /** Null where supervisord has no program for it: nothing starts it then. */
  function findProgram(): Promise<Service | null> {
    return unlessGone(deps.find(name));
  }

  function unlessGone<T>(work: Promise<T>): Promise<T | null> {
    return work.catch((error: unknown) => {
      if (error instanceof AppError && error.code === "not_found") return null;
      throw error;
    });
  }

  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = Date.now() + AWAY_MS;
    for (;;) {
      try {
        return await work();
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
      const service = await findProgram();
      if (service === null) return nothing;
      const { state, port, held } = service;
      if (state === "BACKOFF" || state === "UNKNOWN") return { ...nothing, state: "broken" };
      if (state !== "RUNNING" && state !== "STARTING") return nothing;
      const answers = port !== null && (await deps.answers(port));
      if (held && !answers) return { ...nothing, state: "held" };
      return { state: "running", answeringPort: answers ? port : null };
    },

    /** Null where it is to be restarted; one that was held has to start once, whatever the config says. */
    async whyNotRestarted(was: Was | null): Promise<string | null> {
      if (was === null || was.state === "stopped") return "it was stopped and stays so";
      if (was.state === "held") {
        const service = await patiently(findProgram);
        const isStopped = service === null || isDown(service);
        return isStopped ? "it was stopped meanwhile and stays so" : null;
      }
      return (await deps.restartsAfterUpdate()) ? null : "restart_after_update is off";
    },

    /** With a copy of its database from between the two: nobody writes to it then. */
    async restart(was: Was | null, rollbackTo: string | null): Promise<string | null> {
      const waits = was?.state === "held" && (await find()).held;
      if (!waits) await stop();
      await deps.database?.copy();
      await putDatabaseBack(rollbackTo);
      if (waits) {
        await deps.release();
        return "it waited for this";
      }
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
      const wasHeld = was?.state === "held";
      const port = wasHeld ? (await find()).port : (was?.answeringPort ?? null);
      const watched = { name, port, mayBeSilent: wasHeld, onDetail: say };
      return deps.health.watch({ ...watched, ...(signal && { signal }) });
    },

    copyDatabase: async (signal?: AbortSignal): Promise<boolean> =>
      (await deps.database?.copy(signal)) ?? false,

    /** Whether what ran at that moment has been started anew since, or runs no more. */
    async hasRestarted(was: Was | null, since: number | null): Promise<boolean> {
      if (was === null || since === null) return false;
      const service = await deps.find(name).catch(() => null);
      if (service?.held) return false;
      // Its launcher has gone on, into what was half done, unless somebody has stopped it.
      if (was.state === "held") return service?.state !== "STOPPED";
      if (was.state !== "running" || service === null) return false;
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
