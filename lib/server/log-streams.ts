import { setTimeout as sleep } from "node:timers/promises";
import type { LogMark, LogStreams, LogText } from "@/lib/contract/logs";
import type { LogStep } from "./adapters/log-follow";
import { type Bell, createBell } from "./bell";
import type { StateEvent } from "./history";
import { createLogSources, type LogSource, type LogSources, streamsOf } from "./log-sources";
import {
  collectStates,
  createTold,
  type PastStates,
  type StateEvents,
  type States,
  type Told,
} from "./log-states";
import { type LogPaths, noLogOf } from "./logs";
import { type Frame, frameOf, positionFrame } from "./sse";

const BATCH_MS = 100;
const PATHS_KEPT_MS = 10_000;
/** 2 MiB: then it is the others' turn. */
const STEPS_IN_TURN = 16;
/** Lines do not wait longer for what happened to their services before. */
const PAST_STATES_MS = 300;

export type LogWish = {
  stream: LogStreams;
  lines: number;
  /** The `id` of a frame: goes on behind it. */
  from?: string | undefined;
  /** False ends it with what is there now. */
  wait: boolean;
  /** Shows the secrets in them too. */
  reveal?: boolean;
};

/** Logs as they are written, of one service or several, as server-sent events `text` and `mark`. */
export function createLogStreams(deps: {
  pathsOf: (name: string) => Promise<LogPaths>;
  /** What happens to services from now on, to stand between the lines. */
  stateEvents?: StateEvents;
  /** What happened to them since a time, oldest first. */
  pastStates?: PastStates;
}) {
  async function* frames(
    names: string[],
    wish: LogWish,
    signal: AbortSignal,
  ): AsyncGenerator<Frame> {
    const bell = createBell();
    signal.addEventListener("abort", bell.ring, { once: true });
    const files = createLogSources({
      names,
      streams: wish.stream,
      pathsOf: deps.pathsOf,
      onChange: bell.ring,
      reveal: wish.reveal ?? false,
    });
    const told = createTold(wish.from);
    const sources = { ...files, position: () => `${files.position()},${told.position()}` };
    const states = collectStates({
      // It listens before it looks back, so that nothing falls in between.
      coming: wish.wait ? deps.stateEvents?.(names, signal) : undefined,
      past: deps.pastStates?.(names, told.since()),
      onNews: bell.ring,
    });
    try {
      await sources.begin(wish);
      yield* missing(names, wish.stream, sources);
      yield* past(sources, signal);
      await Promise.race([states.pastIsKnown, sleep(PAST_STATES_MS)]);
      yield* pastStates(sources, { states, told });
      yield positionFrame(sources.position());
      if (wish.wait) yield* live(sources, { states, told }, { bell, signal });
    } finally {
      await sources.close();
    }
  }

  return {
    /** Refuses before the first frame where one of the services is not there. */
    async open(wanted: string[], wish: LogWish) {
      const names = [...new Set(wanted)];
      await Promise.all(names.map(deps.pathsOf));
      return (signal: AbortSignal) => frames(names, wish, signal);
    },
  };
}

/** Services whose output goes to no file at all. */
function* missing(names: string[], streams: LogStreams, sources: LogSources): Generator<Frame> {
  const [stream = "out"] = streamsOf(streams);
  for (const service of names) {
    if (sources.all().some((source) => source.service === service)) continue;
    const detail = noLogOf(service, stream);
    const mark: LogMark = { kind: "missing", service, stream, at: now(), detail };
    yield frameOf("mark", mark, sources.position());
  }
}

async function* past(sources: LogSources, signal: AbortSignal): AsyncGenerator<Frame> {
  for (const source of sources.all()) {
    while (source.follower.isPast() && !signal.aborted) {
      const step = await source.follower.next();
      if (step) yield stepFrame(step, source, sources);
    }
  }
}

function* pastStates(
  sources: LogSources,
  { states, told }: { states: States; told: Told },
): Generator<Frame> {
  for (const state of states.takePast(told.isNew)) yield stateFrame(state, sources, true);
}

/** At once after a silence, then in batches; a source is only read as far as the reader keeps up. */
async function* live(
  sources: LogSources,
  { states, told }: { states: States; told: Told },
  { bell, signal }: { bell: Bell; signal: AbortSignal },
): AsyncGenerator<Frame> {
  let askedAt = performance.now();
  while (!signal.aborted) {
    const startedAt = performance.now();
    yield* pastStates(sources, { states, told });
    const { starts, others } = states.take(told.isNew);
    for (const state of starts) yield stateFrame(state, sources, false);
    const isMore = yield* batch(sources, signal);
    for (const state of others) yield stateFrame(state, sources, false);
    if (!isMore) {
      await sleep(Math.max(0, startedAt + BATCH_MS - performance.now()));
      await bell.wait(PATHS_KEPT_MS);
    }
    if (performance.now() - askedAt < PATHS_KEPT_MS) continue;
    askedAt = performance.now();
    await sources.refresh();
  }
}

/** What there is to tell now; returns whether there is more. */
async function* batch(sources: LogSources, signal: AbortSignal): AsyncGenerator<Frame, boolean> {
  let isMore = false;
  for (const source of sources.all()) {
    for (let steps = 1; !signal.aborted; steps += 1) {
      const step = await source.follower.next();
      if (!step) break;
      yield stepFrame(step, source, sources);
      if (steps < STEPS_IN_TURN) continue;
      isMore = true;
      break;
    }
  }
  return isMore;
}

function stepFrame(step: LogStep, { service, stream }: LogSource, sources: LogSources): Frame {
  if (step.kind !== "text") {
    const mark: LogMark = { ...step, service, stream, at: now() };
    return frameOf("mark", mark, sources.position());
  }
  const { file, offset, end, at, past: isPast, text } = step;
  const of = { service, stream, file, offset, end };
  const data: LogText = { ...of, at: at.toISOString(), past: isPast, text };
  return frameOf("text", data, sources.position());
}

function stateFrame({ service, event }: StateEvent, sources: LogSources, past: boolean): Frame {
  const mark: LogMark = { kind: "state", service, stream: null, at: event.at, past, event };
  return frameOf("mark", mark, sources.position());
}

function now(): string {
  return new Date().toISOString();
}
