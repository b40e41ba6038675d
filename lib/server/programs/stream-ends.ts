import { subscribe } from "node:diagnostics_channel";
import type { Server, ServerResponse } from "node:http";
import { closeStreams } from "../sse";

const LOOK_MS = 50;
/** A reader that takes nothing, as on a machine that sleeps, is waited for no longer. */
const PATIENCE_MS = 500;

type RequestStart = { response: ServerResponse; server: Server };

/**
 * Ends all streams on SIGTERM and SIGINT. Next then closes its server, which waits for every connection:
 * streams, and connections that are kept alive, would hold it up for as long as somebody looks on. What
 * else is being answered is left to end by itself.
 */
export function endStreamsOnSignals(): void {
  const responses = new Set<ServerResponse>();
  const servers = new Set<Server>();
  subscribe("http.server.request.start", (message) => {
    const { response, server } = message as RequestStart;
    servers.add(server);
    responses.add(response);
    response.once("close", () => responses.delete(response));
  });

  function endStreams(): void {
    setInterval(() => {
      closeStreams();
      for (const server of servers) server.closeIdleConnections();
    }, LOOK_MS).unref();
    setTimeout(() => {
      for (const response of responses) if (isStream(response)) response.destroy();
    }, PATIENCE_MS).unref();
    closeStreams();
  }

  process.once("SIGTERM", endStreams);
  process.once("SIGINT", endStreams);
}

function isStream(response: ServerResponse): boolean {
  return String(response.getHeader("content-type")).startsWith("text/event-stream");
}
