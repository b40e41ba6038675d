import { vi } from "vitest";

const encoder = new TextEncoder();

/** One question for events, which the test answers as it likes. */
type StreamRequest = ReturnType<typeof createRequest>;

/** Stands in for the server's streams: every `fetch` of a path that `isStream` picks is a request here. */
export function stubStreams(isStream: (path: string) => boolean = () => true) {
  const requests: StreamRequest[] = [];
  const others = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init: RequestInit = {}) => {
    if (!isStream(path)) return others(path, init);
    const request = createRequest(path, init);
    requests.push(request);
    return request.response;
  });
  return {
    requests,
    last() {
      const request = requests.at(-1);
      if (request === undefined) throw new Error("nothing was asked for");
      return request;
    },
  };
}

function createRequest(path: string, { headers, signal }: RequestInit) {
  let resolve: (response: Response) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const response = new Promise<Response>((onResponse, onError) => {
    resolve = onResponse;
    reject = onError;
  });
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  signal?.addEventListener("abort", () => fail());

  function fail() {
    reject(new TypeError("Failed to fetch"));
    try {
      body?.error(new TypeError("network error"));
    } catch {
      // It had ended.
    }
  }

  return {
    path,
    lastId: new Headers(headers).get("last-event-id"),
    response,
    isAborted: () => signal?.aborted ?? false,
    fail,
    refuse: (refusal: Response) => resolve(refusal),
    open() {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          body = controller;
        },
      });
      resolve(new Response(stream, { headers: { "content-type": "text/event-stream" } }));
    },
    send: (text: string | Uint8Array) =>
      body?.enqueue(typeof text === "string" ? encoder.encode(text) : text),
    sendEvent: (name: string, data: unknown) =>
      body?.enqueue(encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)),
    end: () => body?.close(),
  };
}
