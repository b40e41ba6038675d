import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const LIMITS = {
  /** 600 streams, and room for those who come. */
  connections: 1000,
  lookMs: 10_000,
  /** For a request's header; idle connections are closed by node, sooner. */
  headerMs: 20_000,
  bodyMs: 30_000,
  /** Of an answer not a byte is taken. A stream pings far more often. */
  stalledMs: 60_000,
};

type RequestStart = {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
  server: Server;
};
type Exchange = { request: IncomingMessage; response: ServerResponse; startedAt: number };
type Connection = { idleSince: number; exchanges: Set<Exchange> };

/**
 * Nobody holds the server by being slow: not with a header or a body that drips, not with an answer that
 * is not taken. Where too many connections are open, the one goes that has been idle the longest, so
 * that those who only connect keep nobody out. Node's own limits are looked at twice a minute.
 */
export function limitConnections(limits: typeof LIMITS = LIMITS): void {
  const open = new Map<Socket, Connection>();
  const servers = new WeakSet<Server>();

  function meet(socket: Socket): Connection {
    const known = open.get(socket);
    if (known) return known;
    const connection = { idleSince: performance.now(), exchanges: new Set<Exchange>() };
    open.set(socket, connection);
    socket.once("close", () => open.delete(socket));
    if (open.size > limits.connections) endLongestIdle(open, socket);
    return connection;
  }

  function watch(server: Server): void {
    if (servers.has(server)) return;
    servers.add(server);
    // Those who are asking are not sent away; beyond them nothing is taken in.
    server.maxConnections = limits.connections * 2;
    server.on("connection", meet);
  }

  subscribe("http.server.request.start", (message) => {
    const { request, response, socket, server } = message as RequestStart;
    watch(server);
    const connection = meet(socket);
    const exchange = { request, response, startedAt: performance.now() };
    connection.exchanges.add(exchange);
    response.once("close", () => {
      connection.exchanges.delete(exchange);
      connection.idleSince = performance.now();
    });
  });

  setInterval(() => {
    for (const [socket, connection] of open) look(socket, connection, limits);
  }, limits.lookMs).unref();
}

function look(socket: Socket, { idleSince, exchanges }: Connection, limits: typeof LIMITS): void {
  const now = performance.now();
  if (exchanges.size === 0 && now - idleSince > limits.headerMs) socket.destroy();
  for (const { request, response, startedAt } of exchanges) {
    if (!request.complete && now - startedAt > limits.bodyMs) socket.destroy();
    // From here on node itself sees whether bytes go out; a request that is being worked on has time.
    if (response.headersSent && !socket.timeout) socket.setTimeout(limits.stalledMs);
  }
}

function endLongestIdle(open: ReadonlyMap<Socket, Connection>, newest: Socket): void {
  let longest: { socket: Socket; idleSince: number } | undefined;
  for (const [socket, { idleSince, exchanges }] of open) {
    if (exchanges.size > 0 || socket === newest) continue;
    if (!longest || idleSince < longest.idleSince) longest = { socket, idleSince };
  }
  longest?.socket.destroy();
}
