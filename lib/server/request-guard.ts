import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { ErrorBody } from "@/lib/contract/errors";
import { lastOf } from "./client-address";

export type Refusal = { status: number; body: ErrorBody };
type Incoming = { method: string; url: string; headers: IncomingHttpHeaders };

/** RunPod's public proxy: `<pod>-<port>.proxy.runpod.net`. */
const RUNPOD_HOST = /^[a-z0-9]+-\d{1,5}\.proxy\.runpod\.net$/;
const METHODS = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);
const HARMLESS_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
/** What a form of another site can send without asking first. */
const FORM_TYPE = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;
/** Next's own pages for errors: wherever they are asked for, they answer as errors do. */
const ERROR_PAGE = /^\/(?:_global-error|_error|500)\b/i;
const API = /^\/api(?:\/|$)/;
const ODD_PATH = /\\|\/\/|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Decides before anything else whether a request may come in. A name that is not ours in `Host` means
 * DNS rebinding; a state change or an API call from another site's page means forgery. Programs
 * send neither `Origin` nor `Sec-Fetch-Site` and pass.
 */
export function createRequestGuard(settings: {
  allowedHosts: string[];
  hostName: string;
  trustProxy?: boolean;
  /** Next's own pages send it what they see, while they are worked on. */
  isDevelopment?: boolean;
}) {
  const allowed = new Set(
    [...settings.allowedHosts, settings.hostName].map((host) => host.toLowerCase()),
  );

  function isOurs(host: string): boolean {
    const name = nameOf(host);
    if (name === "localhost" || name.endsWith(".localhost") || isIP(name) > 0) return true;
    if (RUNPOD_HOST.test(name) || allowed.has(name) || allowed.has(host.toLowerCase())) return true;
    return [...allowed].some((suffix) => suffix.startsWith("*.") && name.endsWith(suffix.slice(1)));
  }

  return function refuse({ method, url, headers }: Incoming): Refusal | null {
    const host = hostAsked(headers, settings.trustProxy === true);
    if (!isOurs(host)) {
      return forbidden(
        `ControlPilot does not answer under the address "${host}". If it is yours, add it to CONTROLPILOT_ALLOWED_HOSTS.`,
      );
    }
    if (!isDecodable(url)) return invalid(400, "The address is not properly encoded.");
    if (isForeign(method, url, headers, host)) {
      return forbidden("Another site's page may not do this.");
    }
    if (isForm(method, headers)) return forbidden("A page sends application/json here.");
    // Next has no answer of ours for these.
    if (!METHODS.has(method)) return invalid(405, `${method} is not a method that is known here.`);
    // As it stands there, it is judged: what Next would make another address of does not come to it.
    if (!url.startsWith("/") || ODD_PATH.test(pathOf(url)))
      return invalid(400, "The address is not written plainly, as in /api/services.");
    // Next takes what is sent to a page for a call of one of its actions, of which there are none.
    if (!HARMLESS_METHODS.has(method) && !API.test(pathOf(url)) && !settings.isDevelopment)
      return invalid(405, "Pages are only read: use GET here.");
    if (ERROR_PAGE.test(decodeURIComponent(pathOf(url)))) return notFound(pathOf(url));
    return null;
  };
}

function forbidden(detail: string): Refusal {
  return { status: 403, body: { detail, code: "forbidden" } };
}

function invalid(status: number, detail: string): Refusal {
  return { status, body: { detail, code: "invalid" } };
}

function notFound(path: string): Refusal {
  return { status: 404, body: { detail: `There is nothing at ${path}.`, code: "not_found" } };
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

function isForeign(
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
  host: string,
): boolean {
  const isHarmless = HARMLESS_METHODS.has(method);
  const isNavigation = headers["sec-fetch-mode"] === "navigate";
  if (isHarmless && (isNavigation || !/^\/api/i.test(decodeURIComponent(url)))) return false;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return headers.origin !== undefined && hostOf(headers.origin) !== host.toLowerCase();
}

/** Only a page sends these headers, and ours sends JSON. */
function isForm(method: string, headers: IncomingHttpHeaders): boolean {
  const isPage = headers.origin ?? headers["sec-fetch-site"] ?? headers.cookie;
  if (HARMLESS_METHODS.has(method) || isPage === undefined) return false;
  return FORM_TYPE.test(headers["content-type"] ?? "");
}

/** The name that was asked for, as a trusted proxy tells it. */
export function hostAsked(headers: IncomingHttpHeaders, trustProxy: boolean): string {
  return (trustProxy && lastOf(headers["x-forwarded-host"])) || (headers.host ?? "");
}

/** RunPod's proxy speaks https to the outside, and to nothing else. */
export function isRunpodHost(host: string): boolean {
  return RUNPOD_HOST.test(nameOf(host));
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** Without the port; an IPv6 address without its brackets. */
function nameOf(host: string): string {
  const bare = host.toLowerCase().replace(/:\d+$/, "");
  return bare.replace(/^\[(.*)\]$/, "$1");
}
