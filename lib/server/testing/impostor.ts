import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { serializeMethodResponse } from "xmlrpc/lib/serializer.js";

type Reply = (socket: Socket) => void;

/**
 * Listens at a unix socket in supervisord's place, and says to each request whatever `reply` writes: what
 * a real one never does. It is gone when the test is over.
 */
export async function impostor(reply: Reply, socketPath?: string) {
  const dir = await mkdtemp(join(tmpdir(), "cp-"));
  const path = socketPath ?? join(dir, "s.sock");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Whoever asked may be gone before the end.
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      if (bytes.includes("</methodCall>")) reply(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  onTestFinished(async () => {
    await close();
    await rm(dir, { recursive: true, force: true });
  });
  return { socketPath: path, connections: () => sockets.size, close };
}

/** As supervisord answers where all is well. */
export function answerOf(value: unknown): string {
  return httpOf(serializeMethodResponse(value));
}

export function httpOf(body: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Writes `piece` for as long as somebody takes it; tells how many bytes were. */
export function flood(socket: Socket, piece: string, most = Number.POSITIVE_INFINITY) {
  const sent = () => socket.bytesWritten;
  const more = () => {
    while (!socket.destroyed && socket.bytesWritten < most && socket.write(piece));
    if (socket.bytesWritten < most) socket.once("drain", more);
  };
  more();
  return sent;
}

export const ODD_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "",
  "<b>&amp;",
  "a:b",
  "\u{1f600}",
  "a\nb",
];

/** A running program, as supervisord tells of it. */
export function processOf(name: string) {
  return {
    name,
    group: name,
    statename: "RUNNING",
    now: 1_700_000_000,
    start: 1_700_000_000,
    stop: 0,
    exitstatus: 0,
    spawnerr: "",
    pid: 7,
    stdout_logfile: "/tmp/a.out.log",
    stderr_logfile: "",
  };
}

/** What the four questions of a look bring. */
export function lookOf(...processes: unknown[]): unknown[] {
  return [{ statename: "RUNNING" }, 1, "4.2.5", processes];
}
