import type { HistoryEvent, ServiceHistory } from "@/lib/contract/history";
import { type MainLogEntry, readMainLog } from "./adapters/main-log";
import type { ProgramConfig } from "./adapters/supervisord";
import { byCatalogueOrder } from "./catalogue";
import { AppError } from "./errors";
import { createFollowedLog } from "./followed-log";
import type { Life } from "./lives";
import { createMailbox } from "./mailbox";
import { createRecord, type Told } from "./main-log-record";

const HOUR_MS = 3_600_000;
/** Read besides what was asked for: what an end is told with lies before it. */
const CONTEXT = 50;
const SEARCH_MS = 5000;
/** A reader of events that is too slow for more of them loses the oldest. */
const MOST_WAITING = 1000;

export type History = ReturnType<typeof createHistory>;

/** What supervisord's main log and its rotations tell of services; supervisord itself is not asked. */
export function createHistory(deps: {
  logPath: () => Promise<string | null>;
  /** Null where it is not known which there are. */
  serviceNames: () => Promise<string[] | null>;
  report: (error: unknown) => void;
}) {
  let programs: ReadonlyMap<string, ProgramConfig> = new Map();
  const processOf = (reason: string) => findProgram(reason, programs);
  const log = createFollowedLog({ ...deps, processOf });

  /** The newest first. */
  async function entriesOf(process: string, limit: number, before: number) {
    const path = await deps.logPath();
    const signal = AbortSignal.timeout(SEARCH_MS);
    const found: MainLogEntry[] = [];
    for await (const some of path === null ? [] : readMainLog(path, signal)) {
      for (const entry of some) {
        if (entry.at < before && concerns(entry, process)) addOlder(found, entry);
      }
      if (found.length >= limit + CONTEXT) return { found, isWhole: false };
    }
    return { found, isWhole: !signal.aborted };
  }

  function concerns({ kind, process, reason }: MainLogEntry, wanted: string): boolean {
    if (kind === "supervisord_started" || kind === "supervisord_ended") return true;
    return (process ?? processOf(reason ?? "")) === wanted && kind !== "stopping";
  }

  return {
    /**
     * How each process lives, by its name, as the log at `path` tells it now. The programs that
     * supervisord knows say which one a failed start was of.
     */
    async lives(
      path: string | null,
      known: ReadonlyMap<string, ProgramConfig>,
    ): Promise<ReadonlyMap<string, Life>> {
      programs = known;
      return (await log.catchUp(path))?.lives() ?? new Map();
    },

    /** Calls back as soon as the log says something that the state of a service may have changed by. */
    onNews: (listener: () => void): (() => void) => log.follow(listener),

    /** The newest `limit` events before a time, and those of the same millisecond as the oldest of them. */
    async ofService(
      name: string,
      { limit, before }: { limit: number; before: Date | null },
    ): Promise<ServiceHistory> {
      const process = processName(name);
      const { found, isWhole } = await entriesOf(process, limit, before?.getTime() ?? Infinity);
      const record = createRecord({ isWhole, processOf });
      for (const entry of found.reverse()) record.add(entry);
      const all = record.events();
      const isOwn = all.some((told) => told.process === process);
      if (!isOwn && (await deps.serviceNames())?.includes(name) === false) {
        throw new AppError("not_found", `There is no service "${name}".`);
      }
      const start = startOfLast(all, limit);
      const events = all.slice(start).map(({ event }) => event);
      return { name, events, complete: isWhole && start === 0 };
    },

    /** Of every service: what happened in the last hours, as far as a week back. */
    async recent(hours: number): Promise<ServiceHistory[]> {
      const record = await log.catchUpDeep(await deps.logPath());
      const told = record?.events() ?? [];
      const processes = new Set(told.flatMap(({ process }) => process ?? []));
      const names = (await deps.serviceNames()) ?? [...processes];
      const start = new Date(Date.now() - hours * HOUR_MS).toISOString();
      const histories = byProcess(told, new Set(names.map(processName)), start);
      return names.toSorted(byCatalogueOrder).map((name) => {
        const { events, isCut } = histories.get(processName(name)) ?? NOTHING;
        return { name, events, complete: (record?.isComplete() ?? true) && !isCut };
      });
    },

    /** What happened to these services after a time, as far as a week back. */
    async statesSince(names: string[], since: Date): Promise<StateEvent[]> {
      const told = (await log.catchUpDeep(await deps.logPath()))?.events() ?? [];
      const start = since.toISOString();
      return told.flatMap(({ process, event }) =>
        names
          .filter((name) => process === null || process === processName(name))
          .flatMap((service) => (event.at > start ? [{ service, event }] : [])),
      );
    },

    /** What happens to these services from now on. */
    stateEvents(names: string[], signal: AbortSignal): AsyncIterable<StateEvent> {
      let count = 0;
      const stop = log.follow((told) => {
        for (const { process, event } of told) {
          for (const service of names) {
            if (process !== null && process !== processName(service)) continue;
            count += 1;
            mailbox.put(count, { service, event });
          }
        }
      });
      const mailbox = createMailbox<StateEvent>({ signal, onEnd: stop, most: MOST_WAITING });
      return mailbox.read();
    },

    close: log.close,
  };
}

export type StateEvent = { service: string; event: HistoryEvent };
type Part = { events: HistoryEvent[]; isCut: boolean };
const NOTHING: Part = { events: [], isCut: false };

/** The log names processes without their group. */
function processName(service: string): string {
  return service.slice(service.indexOf(":") + 1);
}

/** While supervisord ends it says again and again for what it waits: that is one end, at its first line. */
function addOlder(found: MainLogEntry[], entry: MainLogEntry): void {
  if (entry.kind === "supervisord_ended") {
    const newer = found.findLastIndex(({ kind }) => kind.startsWith("supervisord_"));
    if (found[newer]?.kind === "supervisord_ended") found.splice(newer, 1);
  }
  found.push(entry);
}

function startOfLast(all: readonly Told[], limit: number): number {
  let start = Math.max(0, all.length - limit);
  const at = all[start]?.event.at;
  while (start > 0 && all[start - 1]?.event.at === at) start -= 1;
  return start;
}

/** From `start` on; `isCut` where there is something before it. */
function byProcess(
  told: readonly Told[],
  processes: ReadonlySet<string>,
  start: string,
): Map<string, Part> {
  const parts = new Map([...processes].map((name): [string, Part] => [name, emptyPart()]));
  for (const { process, event } of told) {
    const concerned = process === null ? parts.values() : [parts.get(process)];
    for (const part of concerned) {
      if (event.at >= start) part?.events.push(event);
      else if (part) part.isCut = true;
    }
  }
  return parts;
}

function emptyPart(): Part {
  return { events: [], isCut: false };
}

const COMMAND = /command (?:at )?(['"])(.+)\1/;
const FIRST_WORD = /^\s*(?:"([^"]*)"|'([^']*)'|(\S+))/;

/** The one program whose command begins with what could not be started; null where several do. */
function findProgram(reason: string, programs: ReadonlyMap<string, ProgramConfig>): string | null {
  const missing = COMMAND.exec(reason)?.[2];
  if (missing === undefined) return null;
  const found = [...programs.values()].filter(({ command }) => {
    const [, ...words] = FIRST_WORD.exec(command) ?? [];
    const program = words.find((word) => word !== undefined);
    return program !== undefined && (missing === program || missing.endsWith(`/${program}`));
  });
  return found.length === 1 ? (found[0]?.name ?? null) : null;
}
