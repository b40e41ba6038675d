import { expect } from "@playwright/test";
import { ask, bearer, attackTest as test } from "./attack/requests";

/** Against DNS rebinding. `PORT` stands for the machine's. */
const HOSTS: [what: string, host: string | null, status: number][] = [
  ["its own", "localhost:PORT", 200],
  ["its own, in capitals", "LOCALHOST:PORT", 200],
  ["below localhost, which browsers ask no name server for", "panel.localhost:PORT", 200],
  ["an address", "127.0.0.1:PORT", 200],
  ["an address of IPv6", "[::1]:PORT", 200],
  ["none", null, 400],
  ["empty", "", 403],
  ["a foreign one", "evil.example:PORT", 403],
  ["a foreign one that begins as ours", "localhost.evil.example", 403],
  ["a foreign one that ends as ours", "evillocalhost", 403],
  ["a foreign one that begins as an address", "127.0.0.1.evil.example", 403],
  ["a foreign one that begins as RunPod's", "a-1.proxy.runpod.net.evil.example", 403],
  ["a foreign one with a dot at its end", "evil.example.", 403],
  ["ours as the user of a foreign one", "localhost@evil.example", 403],
  ["ours as the user, with a port", "localhost:80@evil.example:80", 403],
  ["two ports", "localhost:80:80", 403],
  ["two names", "localhost, evil.example", 403],
  ["a path behind it", "localhost/evil.example", 403],
  ["an address of IPv6 that is none", "[::1.evil.example]", 403],
  ["an address in another spelling", "0x7f.1", 403],
];

/** How else Next, or a proxy before it, might read `/api/services/comfy/stop`. */
const SPELLINGS = [
  "//api/services/comfy/stop",
  "//localhost/api/services/comfy/stop",
  "/api//services/comfy/stop",
  "/api/services/comfy/./stop",
  "/api/services/comfy/x/../stop",
  "/api/services/kohya/%2e%2e/comfy/stop",
  "/api/services/comfy%2fstop",
  "/api/services/comfy%5cstop",
  "/api\\services\\comfy\\stop",
  "/api/services/comfy/stop%00",
  "/api/services/comfy%00/stop",
  "/api/services/comfy/stop;x=1",
  "/api/services/comfy;x/stop",
  "/api/services/comfy/stop%20",
  "/api/services/comfy/STOP",
  "/API/services/comfy/stop",
  "/api/services/comfy/stop.json",
  "/api/services/comfy/stop.rsc",
  "/api/services/%c0%ae%c0%ae/comfy/stop",
  "/api/services/com%C1%A6y/stop",
  "/api/services/comfy/st%256fp",
  "/_next/data/x/api/services/comfy/stop.json",
  "/_next/static/../../api/services/comfy/stop",
  "/_next/static/..%2f..%2fapi/services/comfy/stop",
  "/_next/image?url=/api/services/comfy/stop&w=64&q=75",
  "/index/../api/services/comfy/stop",
  "?/api/services/comfy/stop",
  "http://localhost/api/services/comfy/stop",
  "http://evil.example/api/services/comfy/stop",
  "*",
  "api/services/comfy/stop",
];

const NO_PAGES = [
  "/../package.json",
  "/%2e%2e/package.json",
  "/..%2fpackage.json",
  "/_next/static/..%2f..%2f..%2fpackage.json",
  "/_next/static/..%2f..%2flogin",
  "/_next/static/%2e%2e/server/app/index.html",
  "/_next/static/chunks/..%5c..%5cBUILD_ID",
  "/_next/image?url=%2Ftheme.js&w=64&q=75",
  "/_next/image?url=http%3A%2F%2Fevil.example%2Fx&w=64&q=75",
  "/server.js",
  "/.env",
  "/.next/BUILD_ID",
  "/dist/bin/update-job.mjs",
];

test("only under a name that is the machine's own it answers", async ({ target }) => {
  const { url } = target.machine;
  for (const [what, host, status] of HOSTS) {
    const own = host?.replace("PORT", new URL(url).port) ?? null;
    for (const path of ["/api/services", "/", "/api/health", "/theme.js"]) {
      const answer = await ask(url, { path, host: own, headers: bearer(target.full) });
      expect.soft(answer.status, `${what}: ${host} ${path}`).toBe(status);
    }
  }
});

test("a name in other headers, or in a second Host, is not asked for", async ({ target }) => {
  const { machine, full } = target;
  for (const name of ["Host", "X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"]) {
    const headers = [[name, "localhost"], ...bearer(full)] as const;
    const asked = { path: "/api/services", headers, host: "evil.example" };
    expect.soft((await ask(machine.url, asked)).status, name).toBe(403);
  }
});

test("an address in another spelling acts on nothing, and opens nothing", async ({ target }) => {
  const { machine, full } = target;
  const headers = bearer(full);
  const plain = { path: "/api/services/comfy/log?stream=out", headers };
  expect((await ask(machine.url, plain)).body).toContain("comfy is up");
  for (const path of SPELLINGS) {
    const acted = await ask(machine.url, { method: "POST", path, headers });
    expect.soft(String(acted.status), `POST ${path}`).toMatch(/^4/);
    const read = await ask(machine.url, { path: path.replace("comfy/stop", "comfy/log") });
    expect.soft(String(read.status), `GET ${path}`).toMatch(/^(?:4|303)/);
    expect.soft(read.body, path).not.toContain("comfy is up");
  }
});

test("files that are not the page's are not there", async ({ target: { machine, full } }) => {
  for (const path of NO_PAGES) {
    const { status } = await ask(machine.url, { path, headers: bearer(full) });
    expect.soft(String(status), path).toMatch(/^4/);
  }
  expect((await ask(machine.url, { path: "/theme.js" })).status).toBe(200);
});
