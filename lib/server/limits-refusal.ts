import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorBody } from "@/lib/contract/errors";

const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;
const PATIENCE_MS = 2000;

export type Refusal = { status: number; body: ErrorBody; retryAfterSeconds?: number };

/** Answers a request that goes no further. Its body is thrown away, and its connection is ended if it has one. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, retryAfterSeconds }: Refusal,
): void {
  const text = JSON.stringify(body);
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-length", Buffer.byteLength(text));
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
  response.statusCode = status;
  if (request.complete || !hasBody(request)) response.end(text);
  else endAfterBody(request, response, text);
}

/** Closed at once, with bytes still on the way, it would be reset, and the answer never read. */
function endAfterBody(request: IncomingMessage, response: ServerResponse, text: string): void {
  response.setHeader("connection", "close");
  response.write(text);
  let discarded = 0;
  const end = () => {
    clearTimeout(patience);
    response.end();
  };
  const patience = setTimeout(end, PATIENCE_MS);
  request.once("end", end).once("close", end);
  request.on("data", (bytes: Uint8Array) => {
    discarded += bytes.byteLength;
    if (discarded > MAX_DISCARDED_BYTES) end();
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
