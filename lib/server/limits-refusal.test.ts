import { once } from "node:events";
import { request as ask, createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { json, text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { sendRefusal } from "./limits-refusal";
import { waitFor } from "./testing/wait-for";

const TOO_LARGE = { detail: "The body is larger than 64 KB.", code: "too_large" } as const;

async function startServer() {
  const server = createServer((request, response) =>
    sendRefusal(request, response, { status: 413, body: TOO_LARGE, retryAfterSeconds: 3 }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  return { port, connections };
}

test("who sends a megabyte that nobody reads gets the answer, not a broken connection", async () => {
  const { port, connections } = await startServer();
  const sent = ask({ port, method: "POST", headers: { "content-length": 1024 * 1024 } });
  sent.end(Buffer.alloc(1024 * 1024));

  const [response]: [IncomingMessage] = (await once(sent, "response")) as [IncomingMessage];
  expect(response.statusCode).toBe(413);
  expect(response.headers).toMatchObject({ connection: "close", "retry-after": "3" });
  expect(await json(response)).toEqual(TOO_LARGE);
  await waitFor(async () => (await connections()) === 0);
});

test("who announces a body and sends none is answered, and does not stay", async () => {
  const { port, connections } = await startServer();
  const socket = connect(port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999\r\n\r\n");

  expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 .*"code":"too_large"}$/s);
  await waitFor(async () => (await connections()) === 0);
});

test("who sends without end is left", async () => {
  const { port, connections } = await startServer();
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.resume();
  socket.write("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
  const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();

  await waitFor(() => socket.destroyed);
  await waitFor(async () => (await connections()) === 0);
});

test("a request without a body keeps its connection", async () => {
  const { port } = await startServer();
  const answer = await fetch(`http://127.0.0.1:${port}/`);

  expect(answer.headers.get("connection")).toBe("keep-alive");
  expect(await answer.json()).toEqual(TOO_LARGE);
});
