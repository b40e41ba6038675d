import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { readEnv } from "./env";
import { hashInlineScripts, pageHeaders } from "./page-policy";
import { createRequestGuard } from "./request-guard";

const REFUSAL_HEADERS = { "content-type": "application/json", "cache-control": "no-store" };

type Emit = (this: Server, event: string, ...args: unknown[]) => boolean;

const guarded = globalThis as { controlPilotFrontDoor?: true };

/**
 * Stands before Next in the same process: every request, pages and static files too, is judged and
 * gets its security headers here. It wraps the server's `request` event, as tracing tools do.
 */
export async function openFrontDoor({ isDevelopment }: { isDevelopment: boolean }): Promise<void> {
  if (guarded.controlPilotFrontDoor) return;
  guarded.controlPilotFrontDoor = true;
  const refuse = createRequestGuard({ allowedHosts: readEnv().allowedHosts, hostName: hostname() });
  const headers = Object.entries(pageHeaders(await scriptSources(isDevelopment)));
  const emit: Emit = Server.prototype.emit;
  Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]) {
    if (event !== "request") return emit.call(this, event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    const { method = "", url = "" } = request;
    // Scripts and styles have no policy of their own; a kilobyte with each would only cost time.
    if (!url.startsWith("/_next/static/") && url !== "/theme.js") {
      for (const [name, value] of headers) response.setHeader(name, value);
    }
    const refusal = refuse({ method, url, headers: request.headers });
    if (!refusal) return emit.call(this, event, ...args);
    response.writeHead(refusal.status, REFUSAL_HEADERS);
    response.end(JSON.stringify(refusal.body));
    return true;
  };
}

async function scriptSources(isDevelopment: boolean): Promise<string[]> {
  if (isDevelopment) return ["'unsafe-inline'", "'unsafe-eval'"];
  return hashInlineScripts(join(process.cwd(), ".next", "server", "app"));
}
