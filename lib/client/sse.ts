import type { EventSourceMessage } from "eventsource-parser";
import { type Answer, type Ending, readAnswer } from "./sse-answer";
import { onWake } from "./wake";

/**
 * "polling" where the way to ControlPilot holds streams back: what comes is asked for, or without a
 * `pollUrl` is to be asked for by whoever opened the stream. "lost" is the end.
 */
export type StreamState = "connecting" | "open" | "polling" | "lost";

export type StreamEvent = { name: string; data: string; id: string | undefined };

type StreamOptions = {
  url: string;
  /** Answers with the events that are there, and ends. */
  pollUrl?: string;
  /** Nothing more is read until what it returns has settled. */
  onEvent: (event: StreamEvent) => unknown;
  /** The error comes with "lost": ControlPilot's refusal, or what `onEvent` threw. */
  onState: (state: StreamState, error?: Error) => void;
};

export type Stream = {
  close: () => void;
  /** Does at once what is waited for, and gives up a connection that may be dead. */
  retryNow: () => void;
  /** Holds no connection until `resume`, which goes on from the last id. */
  pause: () => void;
  resume: () => void;
};

const RETRY_MS = [300, 1000, 2000] as const;
const LAST_RETRY_MS = 5000;
const POLL_MS = 2000;
const TRIAL_MS = 60_000;
/** Sends its first bytes at once, and then something every 10 s. */
const FIRST_BYTE_MS = 4000;
const SILENCE_MS = 25_000;
const PING_MS = 12_500;
/** What came for so long came as it was sent. */
const PROOF_MS = 9000;
const MOST_SILENCES = 2;

/**
 * Server-sent events that go on through restarts, sleep and cut connections, each time from the last id
 * that was received. Whether something is silent can only be told with `fetch`: `EventSource` hides the
 * server's pings.
 */
export function openStream({ url, pollUrl, onEvent, onState }: StreamOptions): Stream {
  const closing = new AbortController();
  const { signal } = closing;
  const stopWaking = onWake(retryNow);
  let told: StreamState | null = null;
  let lastId: string | undefined;
  let failures = 0;
  let answer: Answer | null = null;
  let isPaused = false;
  let goOn = () => {};

  async function follow() {
    let silences = 0;
    let isHeldBack = false;
    while (!signal.aborted) {
      if (silences < MOST_SILENCES) tell("connecting");
      if (isPaused) {
        await untilWoken();
        continue;
      }
      const { wasSilent, wasAnswered, heardFor } = await readStream(isHeldBack);
      if (heardFor > PROOF_MS) {
        silences = 0;
        failures = 0;
      }
      if (wasSilent) silences += 1;
      isHeldBack = silences >= MOST_SILENCES && wasAnswered;
      if (silences < MOST_SILENCES) {
        tell("connecting");
        await wait(retryDelay());
      } else if (pollUrl !== undefined) {
        if (!(await pollFor(TRIAL_MS, pollUrl))) silences = 0;
      } else {
        tell("polling");
        await wait(wasAnswered ? TRIAL_MS : LAST_RETRY_MS);
      }
    }
  }

  /** One that may be held back has to go on for a while before it counts as open. */
  function readStream(mayBeHeldBack: boolean): Promise<Ending> {
    return read({
      url,
      firstByteMs: FIRST_BYTE_MS,
      silenceMs: mayBeHeldBack ? PING_MS : SILENCE_MS,
      onBytes: (heardFor) => {
        if (!mayBeHeldBack || heardFor > PROOF_MS) tell("open");
      },
    });
  }

  /** Whether that is answered: otherwise the way is not narrow, it is closed. */
  async function pollFor(ms: number, url: string): Promise<boolean> {
    const end = Date.now() + ms;
    const limits = { firstByteMs: SILENCE_MS, silenceMs: SILENCE_MS };
    while (!signal.aborted && !isPaused && Date.now() < end) {
      const { wasAnswered } = await read({ url, ...limits, onBytes: () => tell("polling") });
      if (!wasAnswered) return false;
      await wait(POLL_MS);
    }
    return true;
  }

  async function read(
    question: Omit<Parameters<typeof readAnswer>[0], "lastId" | "signal" | "onEvent">,
  ) {
    answer = readAnswer({ ...question, lastId, signal, onEvent: take });
    return await answer.ended;
  }

  function take({ id, event = "message", data }: EventSourceMessage) {
    lastId = id ?? lastId;
    return onEvent({ name: event, data, id });
  }

  function retryDelay(): number {
    const ms = RETRY_MS[failures] ?? LAST_RETRY_MS;
    failures += 1;
    return ms * (0.8 + Math.random() * 0.4);
  }

  async function wait(ms: number) {
    const timer = setTimeout(() => goOn(), ms);
    await untilWoken();
    clearTimeout(timer);
  }

  function untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      goOn = resolve;
      if (signal.aborted) resolve();
    });
  }

  function tell(state: StreamState, error?: Error) {
    if (signal.aborted || state === told) return;
    told = state;
    onState(state, error);
  }

  function retryNow() {
    failures = 0;
    goOn();
    answer?.endIfSilentFor(PING_MS);
  }

  function pause() {
    isPaused = true;
    answer?.end();
  }

  function resume() {
    isPaused = false;
    retryNow();
  }

  function close() {
    stopWaking();
    closing.abort();
    goOn();
  }

  follow().catch((error: unknown) => {
    tell("lost", error instanceof Error ? error : new Error(String(error)));
    close();
  });
  return { close, retryNow, pause, resume };
}
