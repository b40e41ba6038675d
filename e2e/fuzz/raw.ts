import { connect } from "node:net";
import * as fc from "fast-check";
import { DEADLINE_MS } from "./client";
import type { Route } from "./routes";
import { nastyText } from "./values";

/** Who sends half a request and then nothing goes away after so long; only what comes then is judged. */
const SILENCE_MS = 60;

const FIRST_LINES = [
  "GET / HTTP/1.1",
  "GET /api/services HTTP/1.1",
  "POST /api/services/comfy/restart HTTP/1.1",
  "CONNECT localhost:22 HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "GET http://evil.example/api/services HTTP/1.1",
  "GET //evil.example/..%2f HTTP/1.1",
  "GET / HTTP/0.9",
  "GET / HTTP/2.0",
  "GET / HTTP/9999.1",
  "GET  /  HTTP/1.1",
  "get / http/1.1",
  "PRI * HTTP/2.0",
  "GET /\0 HTTP/1.1",
  "GET /api/services\tHTTP/1.1",
  "",
];
const LINES = [
  "Host: localhost",
  "Host: evil.example",
  "Host:",
  "Content-Length: 5",
  "Content-Length: -1",
  "Content-Length: 5, 6",
  "Content-Length: 99999999999999999999",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding : chunked",
  "TE: trailers",
  "Trailer: Host",
  "Expect: 100-continue",
  "Expect: 200-nonsense",
  "Connection: upgrade",
  "Connection: keep-alive, Host",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Content-Type: application/json",
  " folded: x",
  ": nameless",
  "X\0: y",
  `X-Long: ${"x".repeat(20_000)}`,
];
const CHUNKS = [
  "5\r\nhello\r\n",
  "0\r\n\r\n",
  "ffffffffffffffffff\r\n",
  "-1\r\n",
  "5;a=b\r\nhell",
  "{}",
];
const OTHER_TONGUES = [
  Buffer.from("16030100c8010000c40303", "hex"),
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from("\x05\x01\x00"),
  Buffer.from("SSH-2.0-x\r\n"),
  Buffer.alloc(100_000, "\r\n"),
];

/** Bytes for the socket: nearly http, several requests in one, and nothing of the kind. */
export function rawBytes(routes: Route[]): fc.Arbitrary<Uint8Array> {
  const plain = routes.map(({ path }) => `GET ${path} HTTP/1.1`);
  const odd = fc.tuple(nastyText, nastyText).map(([method, path]) => `${method} ${path} HTTP/1.1`);
  const firstLine = fc.oneof(fc.constantFrom(...plain), fc.constantFrom(...FIRST_LINES), odd);
  const other = fc.tuple(nastyText, nastyText).map((header) => header.join(": "));
  const line = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...LINES) }, other);
  const head = fc
    .tuple(firstLine, fc.array(line, { maxLength: 6 }), fc.constantFrom("\r\n", "\r\n", "\n", "\r"))
    .map(([first, lines, end]) => [first, ...lines, "", ""].join(end));
  const body = fc.array(fc.oneof(fc.constantFrom(...CHUNKS), nastyText), { maxLength: 3 });
  const message = fc.tuple(head, body).map(([text, rest]) => Buffer.from(text + rest.join("")));
  const several = fc
    .array(message, { minLength: 1, maxLength: 3 })
    .map((all) => Buffer.concat(all));
  return fc.oneof(
    { weight: 6, arbitrary: several },
    { weight: 2, arbitrary: fc.tuple(several, fc.nat()).map(([all, at]) => cut(all, at)) },
    { weight: 2, arbitrary: fc.tuple(several, fc.nat(), fc.nat(255)).map(flip) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_TONGUES) },
  );
}

function cut(bytes: Buffer, at: number): Uint8Array {
  return bytes.subarray(0, at % bytes.length);
}

function flip([bytes, at, value]: [Buffer, number, number]): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[at % changed.length] = value;
  return changed;
}

/** All that is answered until the connection is closed, by whom ever. Throws where it is not in time. */
export function sendBytes(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Uint8Array[] = [];
    const deadline = setTimeout(() => {
      socket.destroy();
      reject(new Error(`Not closed after ${DEADLINE_MS} ms.`));
    }, DEADLINE_MS);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.setTimeout(SILENCE_MS, () => socket.end());
    // A connection that is reset while bytes are on their way is closed, too.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(deadline);
      resolve(Buffer.concat(chunks).toString("latin1"));
    });
    socket.write(bytes);
  });
}

export function statusesIn(answers: string): number[] {
  return [...answers.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}
