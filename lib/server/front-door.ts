import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { Caller } from "@/lib/contract/access";
import type { AccessGate, Verdict, Visit } from "./access-gate";
import { clientAddress, lastOf } from "./client-address";
import { DOOR_HEADER, markOfDoor } from "./door-mark";
import { readEnv } from "./env";
import { CALLER_HEADER } from "./http";
import { createRequestLimits } from "./limits";
import { sendRefusal } from "./limits-refusal";
import { cutOffLostRights } from "./open-answers";
import { FILE_HEADERS, hashInlineScripts, pageHeaders } from "./page-policy";
import { createRequestGuard, hostAsked, isRunpodHost } from "./request-guard";

const NO_UPGRADE =
  "HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/** What Next tells itself in headers; it removes some of them itself, and newer ones in newer versions. */
const INTERNAL_HEADER =
  /^x-(?:controlpilot|middleware|nextjs|invoke|matched|now)-|^next-(?:action|resume)/;

type Emit = (this: Server, event: string, ...args: unknown[]) => boolean;
type Gate = Pick<AccessGate, "judge" | "standingOf">;
type Passage = {
  request: IncomingMessage;
  response: ServerResponse;
  letIn: (caller: Caller, cookie?: string) => void;
};

const guarded = globalThis as { controlPilotFrontDoor?: true };

/**
 * Stands before Next in the same process: every request, pages and static files too, is judged and
 * gets its security headers here. It wraps the server's `request` event, as tracing tools do.
 */
export async function openFrontDoor(
  gate: Gate,
  { isDevelopment }: { isDevelopment: boolean },
): Promise<void> {
  if (guarded.controlPilotFrontDoor) return;
  guarded.controlPilotFrontDoor = true;
  markOfDoor();
  const { allowedHosts, trustProxy } = readEnv();
  const stayAllowed = cutOffLostRights(gate.standingOf);
  const exceed = createRequestLimits();
  const hostName = hostname();
  const refuse = createRequestGuard({ allowedHosts, trustProxy, hostName, isDevelopment });
  const ofPages = Object.entries(pageHeaders(await scriptSources(isDevelopment)));
  const ofFiles = Object.entries(FILE_HEADERS);
  const emit: Emit = Server.prototype.emit;
  Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]) {
    // Here nobody talks but over http; in development Next tells pages by a socket what has changed.
    if (event === "upgrade" && !isDevelopment) {
      (args[1] as Duplex).end(NO_UPGRADE);
      return true;
    }
    if (event !== "request") return emit.call(this, event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    const { method = "", url = "" } = request;
    // Scripts and styles have no policy of their own; a kilobyte with each would only cost time.
    const isFile = url.startsWith("/_next/static/") || url === "/theme.js";
    for (const [name, value] of isFile ? ofFiles : ofPages) response.setHeader(name, value);
    const letIn = (caller: Caller, cookie?: string): boolean => {
      if (cookie !== undefined) response.appendHeader("set-cookie", cookie);
      tellCaller(request, caller);
      stayAllowed(response, caller);
      return emit.call(this, event, ...args);
    };
    const refusal = exceed(request, response) ?? refuse({ method, url, headers: request.headers });
    if (refusal) sendRefusal(request, response, refusal);
    else follow(gate.judge(visitOf(request, trustProxy)), { request, response, letIn });
    return true;
  };
}

/** At once where the verdict is known, so that a request keeps its place among the others. */
function follow(verdict: Verdict | Promise<Verdict>, { request, response, letIn }: Passage): void {
  const obey = (known: Verdict) => {
    if ("caller" in known) return letIn(known.caller, known.cookie);
    for (const [name, value] of Object.entries(known.headers)) response.setHeader(name, value);
    sendRefusal(request, response, known.refusal);
  };
  if (!(verdict instanceof Promise)) {
    obey(verdict);
    return;
  }
  verdict.then(obey).catch((error: unknown) => {
    // biome-ignore lint/suspicious/noConsole: stderr is where supervisord collects our log.
    console.error(error);
    response.destroy();
  });
}

function visitOf(request: IncomingMessage, trustProxy: boolean): Visit {
  const { method = "", url = "", headers, socket } = request;
  const forwarded = trustProxy && lastOf(headers["x-forwarded-proto"]).toLowerCase() === "https";
  return {
    method,
    url,
    headers,
    authorizations: () => request.headersDistinct.authorization ?? [],
    address: clientAddress({ headers, remoteAddress: socket.remoteAddress }, trustProxy),
    isSecure: forwarded || isRunpodHost(hostAsked(headers, trustProxy)),
  };
}

/** In ASCII, as a header has to be. */
function tellCaller({ headers }: IncomingMessage, caller: Caller): void {
  for (const name of Object.keys(headers)) if (INTERNAL_HEADER.test(name)) delete headers[name];
  headers[DOOR_HEADER] = markOfDoor();
  headers[CALLER_HEADER] = JSON.stringify(caller).replaceAll(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

async function scriptSources(isDevelopment: boolean): Promise<string[]> {
  if (isDevelopment) return ["'unsafe-inline'", "'unsafe-eval'"];
  return hashInlineScripts(join(process.cwd(), ".next", "server", "app"));
}
