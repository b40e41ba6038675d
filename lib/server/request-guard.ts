import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { ErrorBody } from "@/lib/contract/errors";

export type Refusal = { status: number; body: ErrorBody };
type Incoming = { method: string; url: string; headers: IncomingHttpHeaders };

/** RunPod's public proxy: `<pod>-<port>.proxy.runpod.net`. */
const RUNPOD_HOST = /^[a-z0-9]+-\d{1,5}\.proxy\.runpod\.net$/;
const METHODS = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);
const HARMLESS_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Decides before anything else whether a request may come in. A name that is not ours in `Host` means
 * DNS rebinding; a state change or an API call from another site's page means forgery. Programs
 * send neither `Origin` nor `Sec-Fetch-Site` and pass.
 */
export function createRequestGuard(settings: { allowedHosts: string[]; hostName: string }) {
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
    const host = headers.host ?? "";
    if (!isOurs(host)) {
      return forbidden(
        `ControlPilot does not answer under the address "${host}". If it is yours, add it to CONTROLPILOT_ALLOWED_HOSTS.`,
      );
    }
    if (isForeign(method, url, headers, host)) {
      return forbidden("Another site's page may not do this.");
    }
    // Next has no answer of ours for these.
    if (!METHODS.has(method)) return invalid(405, `${method} is not a method that is known here.`);
    if (!isDecodable(url)) return invalid(400, "The address is not properly encoded.");
    return null;
  };
}

function forbidden(detail: string): Refusal {
  return { status: 403, body: { detail, code: "forbidden" } };
}

function invalid(status: number, detail: string): Refusal {
  return { status, body: { detail, code: "invalid" } };
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
  if (isHarmless && (isNavigation || !url.startsWith("/api"))) return false;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return headers.origin !== undefined && hostOf(headers.origin) !== host.toLowerCase();
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** Without the port; an IPv6 address without its brackets. */
function nameOf(host: string): string {
  const bare = host.toLowerCase().replace(/:\d+$/, "");
  return bare.replace(/^\[(.*)\]$/, "$1");
}
