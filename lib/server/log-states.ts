import type { StateEvent } from "./history";

/** So many wait to be told at most, the newest ones. */
const MOST = 100;
/** As far back as anything is told that happened before. */
const PAST_MS = 24 * 3_600_000;

export type StateEvents = (names: string[], signal: AbortSignal) => AsyncIterable<StateEvent>;
export type PastStates = (names: string[], since: Date) => Promise<StateEvent[]>;

export type Told = ReturnType<typeof createTold>;

/** What a reader was told of its services, so that it is told once; a part of its position. */
export function createTold(from: string | undefined) {
  const start = /(?:^|,)told=([0-9a-z]{1,12})(?:,|$)/.exec(from ?? "")?.[1];
  const now = Date.now();
  // A reader says where it was: nothing later than now, whatever it says.
  let until = start === undefined ? now - PAST_MS : Math.min(now, Number.parseInt(start, 36));
  const known = new Set<string>();
  return {
    since: () => new Date(until),
    position: () => `told=${until.toString(36)}`,
    /** That it counts as up goes without saying, once it started. */
    isNew({ service, event }: StateEvent): boolean {
      const key = `${service} ${event.kind} ${event.at}`;
      if (event.kind === "running" || known.has(key)) return false;
      known.add(key);
      if (known.size > 2 * MOST) known.delete([...known][0] ?? "");
      until = Math.max(until, Date.parse(event.at));
      return true;
    },
  };
}

export type States = ReturnType<typeof collectStates>;

/**
 * Keeps what happened, and then what happens, until it is taken. Nobody has to wait for what happened: it
 * may take seconds to find.
 */
export function collectStates({
  past,
  coming,
  onNews,
}: {
  past: Promise<StateEvent[]> | undefined;
  coming: AsyncIterable<StateEvent> | undefined;
  onNews: () => void;
}) {
  let happened: StateEvent[] = [];
  const kept: StateEvent[] = [];
  let failure: unknown = null;

  async function collectPast(): Promise<void> {
    happened = (await past)?.slice(-MOST) ?? [];
    onNews();
  }

  /** Told in order, so that a position never lies behind what is still to be told. */
  async function collectComing(): Promise<void> {
    await collected;
    for await (const state of coming ?? []) {
      kept.push(state);
      if (kept.length > MOST) kept.shift();
      onNews();
    }
  }

  const collected = collectPast();
  collectComing().catch((error: unknown) => {
    failure = error;
    onNews();
  });
  return {
    /** When what happened before is there to be taken. */
    pastIsKnown: collected.catch(() => {}),

    /** What happened before, as far as it is known by now. */
    takePast(isNew: Told["isNew"]): StateEvent[] {
      if (failure !== null) throw failure;
      return happened.splice(0).filter(isNew);
    },

    /** A start stands before what the new process writes, an end behind what the old one wrote. */
    take(isNew: Told["isNew"]) {
      if (failure !== null) throw failure;
      const all = kept.splice(0).filter(isNew);
      const firstEnd = all.findIndex(({ event }) => event.kind !== "spawned");
      const starts = all.splice(0, firstEnd === -1 ? all.length : firstEnd);
      return { starts, others: all };
    },
  };
}
