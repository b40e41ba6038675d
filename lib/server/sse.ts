import { callerOf } from "./http";
import { createPlaces } from "./limits";

const PING_MS = 10_000;
/** A browser has up to three for each tab. Behind a proxy a household, or an office, has one address. */
const PLACES = { most: 600, each: 100, what: "streams" };
const HEADERS = {
  "cache-control": "no-store, no-transform",
  "content-type": "text/event-stream; charset=utf-8",
  // nginx and what is built on it hold answers back otherwise.
  "x-accel-buffering": "no",
};

const encoder = new TextEncoder();
const PING = encoder.encode(": ping\n\n");
/** Sent at once, so that both ends know that the way is open. */
const OPENING = encoder.encode("retry: 1000\n\n");

export type Frame = Uint8Array;

/**
 * With its request, which has to be kept: the signal of one that was collected as garbage is never
 * aborted. On the process: Next may load this module once for each bundle.
 */
const store = globalThis as {
  controlPilotStreams?: Map<AbortController, Request>;
  controlPilotStreamPlaces?: ReturnType<typeof createPlaces>;
};

function openStreams(): Map<AbortController, Request> {
  store.controlPilotStreams ??= new Map();
  return store.controlPilotStreams;
}

function places(): ReturnType<typeof createPlaces> {
  store.controlPilotStreamPlaces ??= createPlaces(PLACES);
  return store.controlPilotStreamPlaces;
}

/** One server-sent event. What it carries is JSON. */
export function frameOf(event: string, data: unknown, id?: string): Frame {
  const head = id === undefined ? "" : `id: ${id}\n`;
  return encoder.encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Says where a reader is that comes back, though nothing has happened since. */
export function positionFrame(id: string): Frame {
  return frameOf("position", null, id);
}

/** Where a reader was when it was cut off, as it says itself: newer than what stands in its address. */
export function lastEventId(request: Request): string | undefined {
  return request.headers.get("last-event-id") ?? undefined;
}

/**
 * Answers with frames as they come, and a ping where none came for 10 s. A frame is asked for only when
 * the reader has taken the one before, so nothing queues up here. `signal` is aborted when the reader is
 * gone or the server closes; `frames` has to end then, and is left at its next frame if it does not.
 * Throws where too many are open.
 */
export function eventStream(
  request: Request,
  frames: (signal: AbortSignal) => AsyncIterable<Frame>,
): Response {
  const leave = places().take(callerOf(request).address);
  const closing = new AbortController();
  const signal = AbortSignal.any([request.signal, closing.signal]);
  const source = frames(signal)[Symbol.asyncIterator]();
  let isEnded = false;

  /** Whoever ends it, the source is told, also one that waits at a frame nobody asked for. */
  async function end(): Promise<void> {
    if (isEnded) return;
    isEnded = true;
    openStreams().delete(closing);
    leave();
    closing.abort();
    await source.return?.();
  }

  openStreams().set(closing, request);
  const body = new ReadableStream<Frame>(
    {
      start(controller) {
        controller.enqueue(OPENING);
        const close = () => {
          if (isEnded) return;
          controller.close();
          void end();
        };
        if (signal.aborted) close();
        else signal.addEventListener("abort", close, { once: true });
      },
      async pull(controller) {
        const ping = setInterval(() => {
          if (!isEnded && controller.desiredSize === 0) controller.enqueue(PING);
        }, PING_MS);
        try {
          const { done, value } = await source.next();
          if (isEnded) return;
          if (!done) return controller.enqueue(value);
          controller.close();
          await end();
        } catch (error) {
          if (isEnded) return;
          void end();
          throw error;
        } finally {
          clearInterval(ping);
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: HEADERS });
}

/** Ends every stream, so that a server that closes need not wait for its readers. */
export function closeStreams(): void {
  for (const closing of [...openStreams().keys()]) closing.abort();
}
