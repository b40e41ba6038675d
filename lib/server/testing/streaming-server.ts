import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { endStreamsOnSignals } from "../programs/stream-ends";
import { eventStream, type Frame, frameOf } from "../sse";
import { askedFrom } from "./asked";

const SLOW_MS = 1500;

// A server that closes as Next's does. It says its port, then what it was asked for.
endStreamsOnSignals();
const server = createServer(async (request, response) => {
  process.stdout.write(`${request.url}\n`);
  if (request.url === "/stream") return send(response, silence);
  if (request.url === "/flood") return send(response, flood);
  if (request.url === "/slow") await sleep(SLOW_MS);
  response.end("whole");
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.on("SIGTERM", () => server.close(() => process.exit(143)));

async function* silence(signal: AbortSignal): AsyncGenerator<Frame> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

async function* flood(signal: AbortSignal): AsyncGenerator<Frame> {
  while (!signal.aborted) yield frameOf("text", "x".repeat(128 * 1024));
}

async function send(
  response: ServerResponse,
  frames: (signal: AbortSignal) => AsyncIterable<Frame>,
): Promise<void> {
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  const { headers, body } = eventStream(askedFrom("127.0.0.1", { signal: leaving.signal }), frames);
  response.setHeaders(headers);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (response.write(value)) continue;
    await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end();
}
