import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { waitFor } from "../testing/wait-for";
import { limitConnections } from "./connection-limits";

const CONNECTIONS = 20;
/** Longer than every limit, and a look. */
const LONG_MS = 2500;

beforeAll(() => {
  limitConnections({
    connections: CONNECTIONS,
    lookMs: 50,
    headerMs: 1000,
    bodyMs: 1000,
    stalledMs: 1000,
  });
});

async function startServer(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  // From its first request on a server is known.
  await (
    await fetch(`http://127.0.0.1:${port}/first`, { headers: { connection: "close" } })
  ).text();
  return { server, port };
}

function open(port: number, sent: string): Socket {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write(sent);
  return socket;
}

const isOver = (socket: Socket) => waitFor(() => socket.closed);
const whole: RequestListener = (_, response) => void response.end("whole");

test.each([
  ["says nothing", ""],
  ["begins a header", "GET / HTTP/1.1\r\nHost: te"],
])("who %s is left", async (_, sent) => {
  const { port } = await startServer(whole);
  const socket = open(port, sent);
  socket.resume();

  await isOver(socket);
});

test("a header that drips is left, however busy it looks", async () => {
  const { port } = await startServer(whole);
  const socket = open(port, "GET / HTTP/1.1\r\n");
  socket.resume();
  const timer = setInterval(() => socket.write("a: b\r\n"), 20);
  onTestFinished(() => clearInterval(timer));

  await isOver(socket);
});

test("a body that drips is left", async () => {
  const { port } = await startServer((request, response) => {
    request.resume().once("end", () => response.end("whole"));
  });
  const socket = open(port, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 60000\r\n\r\n");
  socket.resume();
  const timer = setInterval(() => socket.write("x"), 20);
  onTestFinished(() => clearInterval(timer));

  await isOver(socket);
});

test("who takes nothing of a large answer is left, and holds no more than the way holds", async () => {
  const piece = Buffer.alloc(64 * 1024);
  const seen = { written: 0, isClosed: false };
  const { port } = await startServer((request, response) => {
    if (request.url === "/first") return void response.end();
    response.once("close", () => {
      seen.isClosed = true;
    });
    const more = () => {
      seen.written += piece.length;
      if (response.write(piece)) more();
    };
    response.on("drain", more);
    more();
  });
  const socket = open(port, "GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  socket.pause();

  await waitFor(() => seen.isClosed);
  expect(seen.written).toBeLessThan(32 * 1024 * 1024);
});

test("an answer that takes long to make, and a stream that is heard of, are waited for", async () => {
  const { port } = await startServer(async (request, response) => {
    if (request.url === "/slow") await sleep(LONG_MS);
    if (request.url === "/stream") {
      const until = performance.now() + LONG_MS;
      while (performance.now() < until) {
        response.write(": ping\n\n");
        await sleep(50);
      }
    }
    response.end("whole");
  });
  const answers = ["/slow", "/stream"].map(async (path) =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).text(),
  );

  expect(await Promise.all(answers)).toEqual(["whole", expect.stringMatching(/ping\n\nwhole$/)]);
});

test("those who only connect keep nobody out, and who is being answered stays", async () => {
  let finish = () => {};
  const { server, port } = await startServer(async (request, response) => {
    if (request.url === "/slow") await new Promise<void>((resolve) => (finish = resolve));
    response.end("whole");
  });
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  const slow = open(port, "GET /slow HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  const answer = text(slow);
  const idle = Array.from({ length: CONNECTIONS * 2 }, () => open(port, ""));
  for (const socket of idle) socket.resume();

  const asked = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  expect(await asked.text()).toBe("whole");
  expect(await connections()).toBeLessThanOrEqual(CONNECTIONS + 1);
  finish();
  expect(await answer).toMatch(/whole$/);
});
