import { readdirSync } from "node:fs";
import { expect } from "@playwright/test";
import { ask, bearer, exchange, JSON_TYPE, attackTest as test, written } from "./attack/requests";
import { builtRoutes, inRoute } from "./attack/routes";

const STATIC = ".next/static/chunks";
const ORIGIN = ["Origin", "https://evil.example"] as const;
const FORM = ["Content-Type", "application/x-www-form-urlencoded"] as const;

const FOR_ALL = {
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "cross-origin-resource-policy": /^same-origin$/,
};
const FOR_PAGES = {
  "content-security-policy": /default-src 'self'.*frame-ancestors 'none'/,
  "cross-origin-opener-policy": /^same-origin$/,
  "referrer-policy": /^same-origin$/,
};

test("whatever the answer, it says that no other site may show, read or guess it", async ({
  target: { machine, full, reader },
}) => {
  const { url } = machine;
  const own = bearer(full);
  const post = { method: "POST", path: "/api/services/actions" };
  const kinds = {
    "a page": [200, { path: "/", headers: own }],
    "the sign-in": [200, { path: "/login" }],
    "a page that is not there": [404, { path: "/nothing", headers: own }],
    "an icon": [200, { path: "/icon.svg" }],
    data: [200, { path: "/api/services", headers: own }],
    health: [200, { path: "/api/health" }],
    "a log as a file": [200, { path: "/api/services/comfy/log/download", headers: own }],
    "what may be asked": [204, { method: "OPTIONS", path: "/api/services", headers: own }],
    "the way to the sign-in": [303, { path: "/" }],
    "not signed in": [401, { path: "/api/services" }],
    "not allowed": [403, { ...post, headers: bearer(reader) }],
    "a foreign name": [403, { path: "/", host: "evil.example" }],
    "a foreign page": [403, { ...post, headers: [ORIGIN, ...own] }],
    "a form": [403, { ...post, headers: [["Cookie", "a=b"], FORM, ...own], body: "a=b" }],
    "no address": [400, { path: "/%zz", headers: own }],
    "no JSON": [400, { ...post, headers: [JSON_TYPE, ...own], body: "{" }],
    "nothing there": [404, { path: "/api/nothing", headers: own }],
    "not this method": [405, { path: "/api/services/comfy/stop", headers: own }],
    "no method": [405, { method: "PROPFIND", path: "/", headers: own }],
    "too large": [413, { ...post, headers: own, body: "a".repeat(70_000) }],
    "too long": [414, { path: `/${"a".repeat(9000)}`, headers: own }],
  } as const;
  for (const [what, [status, asked]] of Object.entries(kinds)) {
    const answer = await ask(url, asked);
    expect.soft(answer.status, what).toBe(status);
    for (const [name, value] of Object.entries({ ...FOR_ALL, ...FOR_PAGES }))
      expect.soft(answer.headers.get(name), `${what}: ${name}`).toMatch(value);
    const policy = answer.headers.get("content-security-policy");
    expect.soft(policy, what).not.toMatch(/script-src[^;]*(?:unsafe|\*|https?:|data:)/);
  }
});

test("scripts and styles, there or not, are shown and read by no other site", async ({
  target,
}) => {
  const files = readdirSync(STATIC).map((file) => `/_next/static/chunks/${file}`);
  expect(files.length).toBeGreaterThan(5);
  for (const path of [...files, "/theme.js", "/_next/static/nothing.js", "/_next/static/x"]) {
    const { headers } = await ask(target.machine.url, { path });
    for (const [name, value] of Object.entries(FOR_ALL))
      expect.soft(headers.get(name), `${path}: ${name}`).toMatch(value);
  }
});

test("no answer lets another site read it, whoever asks for that", async ({ target }) => {
  const { machine, full } = target;
  const wishes = [
    ORIGIN,
    ["Access-Control-Request-Method", "POST"],
    ["Access-Control-Request-Headers", "authorization"],
    ["Access-Control-Request-Private-Network", "true"],
  ] as const;
  for (const route of builtRoutes()) {
    if (/stream|events/.test(route)) continue;
    for (const method of ["OPTIONS", "GET"]) {
      const path = inRoute(route);
      const headers = [...wishes, ...bearer(full)];
      const answer = await ask(machine.url, { method, path, headers });
      const told = [...answer.headers.keys()].filter((name) => /^access-control/.test(name));
      expect.soft(told, `${method} ${path}`).toEqual([]);
      expect.soft(answer.headers.get("x-powered-by"), path).toBeNull();
    }
  }
});

test("what is no web request is not spoken to", async ({ target: { machine, full } }) => {
  const upgrade = [
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Version", "13"],
  ] as const;
  const asked = { path: "/api/events", headers: [...upgrade, ...bearer(full)] };
  expect(await exchange(machine.url, written(machine.url, asked))).toMatch(/^HTTP\/1\.1 426 /);
  for (const bytes of [
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "SSH-2.0-OpenSSH_9.9\r\n",
    "GET /api/services\r\n\r\n",
    "GET /api/services HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "<?xml version='1.0'?><methodCall/>\r\n\r\n",
  ]) {
    expect.soft(await exchange(machine.url, bytes), bytes).toMatch(/^HTTP\/1\.1 40[03] /);
  }
});
