import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Page } from "@playwright/test";

/** What a careless machine gives away. */
export const SECRET = "what nobody else should read";
export type Site = Awaited<ReturnType<typeof openSite>>;

const EMPTY = "<!doctype html><title>A page of somebody else</title><body></body>";

/**
 * The web server of somebody else. At `/` it has an empty page to attack from; for all other addresses
 * it is a careless machine, which does what any page asks for and is shown and read by any. So each
 * attack is seen to be one.
 */
export async function openSite() {
  const done: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "/", headers } = request;
    await text(request);
    const { pathname, searchParams } = new URL(url, "http://localhost");
    response.setHeader("access-control-allow-origin", headers.origin ?? "*");
    response.setHeader("access-control-allow-credentials", "true");
    response.setHeader("access-control-allow-headers", "content-type");
    response.setHeader("access-control-allow-methods", "GET, POST, PUT, DELETE");
    if (!["GET", "HEAD", "OPTIONS"].includes(method)) done.push(searchParams.get("by") ?? url);
    if (pathname === "/reporting") {
      const policy = `img-src 'none'; report-uri ${searchParams.get("to")}`;
      response.setHeader("content-security-policy", policy);
    }
    const [type, body] = madeFor(pathname, headers["sec-fetch-dest"]);
    response.setHeader("content-type", type);
    response.end(body);
  }

  return {
    port,
    /** Which attacks the careless machine gave in to. */
    done,
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Whatever a page wants to make of an answer, it gets. */
function madeFor(pathname: string, destination: string | undefined): [type: string, body: string] {
  if (pathname === "/") return ["text/html", EMPTY];
  if (pathname === "/reporting") return ["text/html", `${EMPTY}<img src="/x">`];
  if (pathname === "/api/events")
    return ["text/event-stream", `event: services\ndata: ${SECRET}\n\n`];
  if (pathname === "/api/services" && destination !== "document")
    return ["text/javascript", `globalThis.stolen = "${SECRET}";`];
  return ["text/html", `<!doctype html><body>${SECRET}</body>`];
}

type Send = (page: Page, base: string, by: string) => Promise<unknown>;
type Form = { action: string; enctype: string; name: string; value: string };

function form(enctype: string, name: string, value: string): Send {
  return (page, base, by) => {
    const action = `${base}/api/services/actions?by=${by}`;
    return page.evaluate(submit, { action, enctype, name, value });
  };
}

/** Into a frame, so that the page stays. */
function submit({ action, enctype, name, value }: Form): void {
  const frame = Object.assign(document.createElement("iframe"), { name: `to ${action}` });
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action, enctype, target: frame.name });
  const field = Object.assign(document.createElement("textarea"), { name, value });
  form.append(field);
  document.body.append(frame, form);
  form.submit();
}

function ask(method: string, path: string, init: RequestInit): Send {
  return (page, base, by) =>
    page.evaluate(([url, wish]) => void fetch(url, wish).catch(() => {}), [
      `${base}${path}?by=${by}`,
      { method, ...init },
    ] as const);
}

const STOP = "/api/services/comfy/stop";
const STOP_COMFY = '{"action":"stop","names":["comfy"]}';
const JSON_BODY = { body: STOP_COMFY, headers: { "content-type": "application/json" } };

/** All that a page may send to another site. */
export const SENDS: Record<string, Send> = {
  form: form("application/x-www-form-urlencoded", "action", "stop"),
  "form-with-file": form("multipart/form-data", "action", "stop"),
  "form-like-json": form("text/plain", '{"action":"stop","names":["comfy"],"x":"', '"}'),
  fetch: ask("POST", STOP, { mode: "no-cors" }),
  "fetch-with-cookies": ask("POST", STOP, { mode: "no-cors", credentials: "include" }),
  "fetch-without-referrer": ask("POST", STOP, { mode: "no-cors", referrerPolicy: "no-referrer" }),
  "fetch-text": ask("POST", "/api/services/actions", { mode: "no-cors", body: STOP_COMFY }),
  "fetch-json": ask("POST", "/api/services/actions", { credentials: "include", ...JSON_BODY }),
  "fetch-put": ask("PUT", "/api/access/exposure", { body: '{"meant":true}' }),
  "fetch-delete": ask("DELETE", "/api/services/comfy/log", { credentials: "include" }),
  "fetch-sign-out": ask("DELETE", "/api/session", { credentials: "include" }),
  beacon: (page, base, by) =>
    page.evaluate(([url, body]) => navigator.sendBeacon(url, body), [
      `${base}/api/services/actions?by=${by}`,
      STOP_COMFY,
    ] as const),
  ping: (page, base, by) =>
    page.evaluate((url) => {
      const link = Object.assign(document.createElement("a"), { href: "#", ping: url });
      document.body.append(link);
      link.click();
    }, `${base}${STOP}?by=${by}`),
  report: (page, base, by) =>
    page.evaluate((url) => {
      const frame = document.createElement("iframe");
      frame.src = `/reporting?to=${encodeURIComponent(url)}`;
      document.body.append(frame);
    }, `${base}${STOP}?by=${by}`),
};

/** All by which a page may try to read another site: each answers what it has read. */
export const READS: Record<string, (base: string) => Promise<string>> = {
  fetch: (base) =>
    fetch(`${base}/api/services`).then(
      (answer) => answer.text(),
      () => "",
    ),
  "fetch with cookies": (base) =>
    fetch(`${base}/api/services`, { credentials: "include" }).then(
      (answer) => answer.text(),
      () => "",
    ),
  XMLHttpRequest: (base) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("GET", `${base}/api/services/comfy/log`);
      request.withCredentials = true;
      request.onloadend = () => resolve(request.responseText);
      request.send();
    }),
  EventSource: (base) =>
    new Promise((resolve) => {
      const source = new EventSource(`${base}/api/events`, { withCredentials: true });
      const end = (read: string) => {
        source.close();
        resolve(read);
      };
      source.addEventListener("services", (event) => end(String(event.data)));
      source.onerror = () => end("");
    }),
  script: (base) =>
    new Promise((resolve) => {
      const world = globalThis as { stolen?: string };
      world.stolen = "";
      const script = document.createElement("script");
      script.src = `${base}/api/services`;
      script.onload = () => resolve(world.stolen ?? "");
      script.onerror = () => resolve("");
      document.body.append(script);
    }),
  import: (base) =>
    import(`${base}/api/services`).then(
      () => (globalThis as { stolen?: string }).stolen ?? "",
      () => "",
    ),
};
