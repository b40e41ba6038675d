import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { closeStreams, eventStream, type Frame, frameOf, lastEventId, positionFrame } from "./sse";
import { askedFrom } from "./testing/asked";
import { waitFor } from "./testing/wait-for";

const decoder = new TextDecoder();

afterEach(() => {
  vi.useRealTimers();
  expect(openCount()).toBe(0);
});

function openCount(): number {
  return (
    (globalThis as { controlPilotStreams?: Map<unknown, unknown> }).controlPilotStreams?.size ?? 0
  );
}

/** Counts, a number with each frame that is asked for, until it is told to end. */
function counter() {
  const seen = { asked: 0, isEnded: false };
  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    try {
      while (!signal.aborted) {
        seen.asked += 1;
        yield frameOf("number", seen.asked, `${seen.asked}`);
      }
    } finally {
      seen.isEnded = true;
    }
  }
  return { seen, frames };
}

/** Has nothing to say, and ends when it is told to. */
async function* silence(signal: AbortSignal): AsyncGenerator<Frame> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

function open(frames: (signal: AbortSignal) => AsyncIterable<Frame>, signal?: AbortSignal) {
  const request = askedFrom("127.0.0.1", signal ? { signal } : {});
  const reader = (eventStream(request, frames).body as ReadableStream<Uint8Array>).getReader();
  const next = async () => {
    const { done, value } = await reader.read();
    return done ? null : decoder.decode(value);
  };
  return { reader, next };
}

test("a stream opens at once, and nothing on its way may keep it or hold it back", async () => {
  const { headers, body } = eventStream(askedFrom("127.0.0.1"), silence);

  expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(headers.get("cache-control")).toBe("no-store, no-transform");
  expect(headers.get("x-accel-buffering")).toBe("no");
  const reader = body?.getReader();
  expect(decoder.decode((await reader?.read())?.value)).toBe("retry: 1000\n\n");
  await reader?.cancel();
});

test("a frame is an event with its data as JSON, on one line whatever it holds", () => {
  expect(decoder.decode(frameOf("text", { text: "a\r\nb\n\nid: 1" }, "7"))).toBe(
    'id: 7\nevent: text\ndata: {"text":"a\\r\\nb\\n\\nid: 1"}\n\n',
  );
  expect(decoder.decode(frameOf("text", 1))).toBe("event: text\ndata: 1\n\n");
  expect(decoder.decode(positionFrame("7"))).toBe("id: 7\nevent: position\ndata: null\n\n");
});

test("a reader that comes back says where it was", () => {
  const headers = { "last-event-id": "comfy/out=1.2.3" };
  expect(lastEventId(new Request("http://test/", { headers }))).toBe("comfy/out=1.2.3");
  expect(lastEventId(new Request("http://test/"))).toBeUndefined();
});

test("a frame is asked for only when the one before was taken", async () => {
  const { seen, frames } = counter();
  const { next, reader } = open(frames);

  await next();
  expect(seen.asked).toBe(0);
  expect(await next()).toContain("data: 1");
  expect(await next()).toContain("data: 2");
  expect(seen.asked).toBe(2);
  await reader.cancel();
});

test("when the frames end the stream ends", async () => {
  const { next } = open(async function* () {
    yield frameOf("only", 1);
  });
  await next();
  expect(await next()).toContain("event: only");
  expect(await next()).toBeNull();
});

test("a reader that is gone ends its source, though nobody asked for its next frame", async () => {
  const { seen, frames } = counter();
  const leaving = new AbortController();
  const { next } = open(frames, leaving.signal);
  await next();
  await next();

  leaving.abort();
  await waitFor(() => seen.isEnded);
  expect(seen.asked).toBe(1);
  expect(await next()).toBeNull();
});

test("a reader that was gone before it began, or cancels, leaves nothing behind", async () => {
  const { seen, frames } = counter();
  const { next } = open(frames, AbortSignal.abort());
  await next();
  expect(await next()).toBeNull();
  expect(seen.asked).toBe(0);

  const other = open(frames);
  await other.next();
  await other.next();
  await other.reader.cancel();
  expect(seen.isEnded).toBe(true);
});

test("a reader that leaves is noticed after its request was collected as garbage", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const leaving = new AbortController();
  const { next } = open(silence, leaving.signal);
  await next();
  const waiting = next();

  for (let times = 0; times < 3; times += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  leaving.abort();
  expect(await waiting).toBeNull();
});

test("a source that fails breaks its stream off", async () => {
  const { next } = open(async function* () {
    yield frameOf("one", 1);
    throw new Error("a bug");
  });
  await next();
  await next();
  await expect(next()).rejects.toThrow("a bug");
});

test("a stream that is silent pings every ten seconds, once for a reader that does not listen", async () => {
  vi.useFakeTimers();
  const { next, reader } = open(silence);
  await next();
  for (let times = 0; times < 3; times += 1) {
    const ping = next();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await ping).toBe(": ping\n\n");
  }

  await vi.advanceTimersByTimeAsync(60_000);
  expect(await next()).toBe(": ping\n\n");
  const later = next();
  await vi.advanceTimersByTimeAsync(9_000);
  await reader.cancel();
  expect(await later).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

test("a server that closes ends all its streams, those that nobody reads too", async () => {
  const counters = Array.from({ length: 50 }, counter);
  const streams = counters.map(({ frames }) => open(frames));
  for (const { next } of streams) {
    await next();
    await next();
  }
  const silent = open(silence);
  await silent.next();
  const waiting = silent.next();
  expect(openCount()).toBe(51);

  closeStreams();
  expect(await waiting).toBeNull();
  await waitFor(() => counters.every(({ seen }) => seen.isEnded));
  for (const { next } of streams) expect(await next()).toBeNull();
});

test("a client has so many streams at most, all together have more, and one that ends makes room", async () => {
  const openFrom = (address: string, times: number) =>
    Array.from({ length: times }, () => {
      const leaving = new AbortController();
      eventStream(askedFrom(address, { signal: leaving.signal }), silence);
      return leaving;
    });
  const own = openFrom("192.0.2.1", 100);

  expect(() => openFrom("192.0.2.1", 1)).toThrow(/^100 streams are open from your address/);
  const others = ["192.0.2.2", "192.0.2.3"].flatMap((address) => openFrom(address, 100));
  const local = openFrom("127.0.0.1", 300);
  expect(() => openFrom("192.0.2.4", 1)).toThrow(/^600 streams are open/);

  own.pop()?.abort();
  own.push(...openFrom("192.0.2.1", 1));
  for (const leaving of [...own, ...others, ...local]) leaving.abort();
  await waitFor(() => openCount() === 0);
  for (const leaving of openFrom("192.0.2.1", 100)) leaving.abort();
});
