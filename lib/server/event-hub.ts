import { createMailbox } from "./mailbox";
import { type Frame, frameOf } from "./sse";

export type Hub = ReturnType<typeof createHub>;

/** Data is made into a frame once, however many get it, and not at all where nobody does. */
type LazyFrame = () => Frame;
type Reader = (place: string, frame: LazyFrame) => void;

/**
 * Hands frames to all who subscribe. A place holds one piece of news: who comes late gets what lies in
 * each, and who is slow gets the newest of each.
 */
export function createHub({ onFirst, onLast }: { onFirst: () => void; onLast: () => void }) {
  const places = new Map<string, LazyFrame>();
  const readers = new Set<Reader>();

  function join(reader: Reader): void {
    readers.add(reader);
    for (const [place, frame] of places) reader(place, frame);
    if (readers.size === 1) onFirst();
  }

  function leave(reader: Reader): void {
    if (!readers.delete(reader) || readers.size > 0) return;
    places.clear();
    onLast();
  }

  return {
    /** Until `signal` is aborted, or its reader leaves. */
    subscribe(signal: AbortSignal): AsyncIterable<Frame> {
      const reader: Reader = (place, frame) => mailbox.put(place, frame);
      const mailbox = createMailbox<LazyFrame>({ signal, onEnd: () => leave(reader) });
      if (!signal.aborted) join(reader);
      return ready(mailbox.read());
    },

    /** For those who come from now on, and with `tell` for those who are there. */
    put(place: string, event: string, data: unknown, { tell }: { tell: boolean }): void {
      const frame = once(() => frameOf(event, data));
      places.set(place, frame);
      if (tell) for (const reader of [...readers]) reader(place, frame);
    },

    /** Who comes from now on is not told of it. */
    clear(place: string): void {
      places.delete(place);
    },
  };
}

async function* ready(frames: AsyncIterable<LazyFrame>): AsyncGenerator<Frame, void> {
  for await (const frame of frames) yield frame();
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
