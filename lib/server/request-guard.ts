import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { ErrorBody } from "@/lib/contract/errors";

type Incoming = { method: string; url: string; headers: IncomingHttpHeaders };

/** RunPod's public proxy: `<pod>-<port>.proxy.runpod.net`. */
const RUNPOD_HOST = /^[a-z0-9]+-\d{1,5}\.proxy\.runpod\.net$/;
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

  return function refuse({ method, url, headers }: Incoming): ErrorBody | null {
    const host = headers.host ?? "";
    if (!isOurs(host)) {
      const detail = `ControlPilot does not answer under the address "${host}". If it is yours, add it to CONTROLPILOT_ALLOWED_HOSTS.`;
      return { detail, code: "forbidden" };
    }
    if (isForeign(method, url, headers, host)) {
      return { detail: "Another site's page may not do this.", code: "forbidden" };
    }
    return null;
  };
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
