import { faultCode } from "./adapters/file-faults";
import { watchFile } from "./adapters/file-watch";
import { followMainLog, type MainLog, type MainLogEntry } from "./adapters/main-log";
import { createRecord, type MainLogRecord, type Told } from "./main-log-record";

const HOUR_MS = 3_600_000;
/** How far back is read at first, and once more when somebody asks for it. */
const FIRST = { hours: 1, entries: 2000, withinMs: 3000 };
const DEEP = { hours: 168, entries: 0, withinMs: 10_000 };
const MOST_ENTRIES = 20_000;
/** After so long without a look there may be more to read on than there is to read anew. */
const STALE_MS = 10 * 60_000;

type Depth = typeof FIRST;
type Followed = {
  log: MainLog;
  record: MainLogRecord;
  readAt: number;
  /** What came while the past was read once more. */
  meanwhile: MainLogEntry[] | null;
  deep: Promise<void> | null;
  unwatch: (() => void) | null;
};

/**
 * Reads supervisord's main log on and keeps what it says: on each `catchUp`, and from the first `follow`
 * to the last one's end as soon as something is written to it.
 */
export function createFollowedLog(deps: {
  logPath: () => Promise<string | null>;
  processOf: (reason: string) => string | null;
  report: (error: unknown) => void;
}) {
  const listeners = new Set<(told: Told[]) => void>();
  let followed: Followed | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  }

  async function begin(path: string): Promise<Followed> {
    const log = await followMainLog(path);
    const record = await readBack(log, FIRST);
    return { log, record, readAt: Date.now(), meanwhile: null, deep: null, unwatch: null };
  }

  async function readBack(log: MainLog, depth: Depth): Promise<MainLogRecord> {
    const signal = AbortSignal.timeout(depth.withinMs);
    const start = Date.now() - depth.hours * HOUR_MS;
    const entries: MainLogEntry[] = [];
    let isWhole = true;
    for await (const some of log.pastEntries(signal)) {
      entries.push(...some);
      const oldest = entries.at(-1)?.at ?? start;
      const isEnough = oldest < start && entries.length > depth.entries;
      isWhole = !isEnough && entries.length < MOST_ENTRIES;
      if (!isWhole) break;
    }
    const record = createRecord({ isWhole: isWhole && !signal.aborted, processOf: deps.processOf });
    for (const entry of entries.reverse()) record.add(entry);
    return record;
  }

  async function readOn(path: string | null): Promise<MainLogRecord | null> {
    if (followed && (followed.log.path !== path || isStale(followed))) await letGo();
    if (path === null) return null;
    followed ??= await begin(path);
    watch(followed);
    followed.readAt = Date.now();
    const told: Told[] = [];
    let hasNews = false;
    for await (const entry of followed.log.newEntries()) {
      hasNews = true;
      followed.meanwhile?.push(entry);
      const one = followed.record.add(entry);
      if (one) told.push(one);
    }
    if (hasNews) for (const listener of [...listeners]) listener(told);
    return followed.record;
  }

  function isStale({ readAt, unwatch }: Followed): boolean {
    return unwatch === null && Date.now() - readAt > STALE_MS;
  }

  /** Null where there is no log that can be read. */
  function catchUp(path: string | null): Promise<MainLogRecord | null> {
    return inTurn(async () => {
      try {
        return await readOn(path);
      } catch (error) {
        if (faultCode(error) === null) throw error;
        await letGo();
        return null;
      }
    });
  }

  function watch(log: Followed): void {
    if (listeners.size === 0 || log.unwatch) return;
    let isDue = false;
    log.unwatch = watchFile(log.log.path, () => {
      if (isDue) return;
      isDue = true;
      inTurn(async () => {
        isDue = false;
        if (followed === log) await readOn(log.log.path);
      }).catch(deps.report);
    });
  }

  function unwatch(): void {
    followed?.unwatch?.();
    if (followed) followed.unwatch = null;
  }

  async function letGo(): Promise<void> {
    unwatch();
    const { log } = followed ?? {};
    followed = null;
    await log?.close();
  }

  /** Reads a week back, once; what is written meanwhile is put behind it. */
  async function goBack(log: Followed): Promise<void> {
    if (log.record.isComplete()) return;
    const meanwhile: MainLogEntry[] = [];
    log.meanwhile = meanwhile;
    try {
      const record = await readBack(log.log, DEEP);
      for (const entry of meanwhile) record.add(entry);
      log.record = record;
    } finally {
      log.meanwhile = null;
    }
  }

  return {
    catchUp,

    /** As `catchUp`, and with a week of its past, or as much as there is. */
    async catchUpDeep(path: string | null): Promise<MainLogRecord | null> {
      await catchUp(path);
      // It begins between two readings, so that it ends where they began; nobody else waits for it.
      const log = await inTurn(async () => {
        if (followed) followed.deep ??= goBack(followed).catch(deps.report);
        return followed;
      });
      await log?.deep;
      return log?.record ?? null;
    },

    /** Calls back with what was said, also where that is nothing that people would be told. */
    follow(listener: (told: Told[]) => void): () => void {
      listeners.add(listener);
      inTurn(async () => readOn(await deps.logPath())).catch(deps.report);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) unwatch();
      };
    },

    close: () => inTurn(letGo),
  };
}
