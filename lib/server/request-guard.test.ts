import { expect, test } from "vitest";
import { createRequestGuard } from "./request-guard";

const refuse = createRequestGuard({
  allowedHosts: ["panel.example.org", "*.lan.example"],
  hostName: "box",
});
const post = (headers: Record<string, string>) =>
  refuse({ method: "POST", url: "/api/services/comfy/stop", headers });

test.each([
  "localhost:7878",
  "127.0.0.1:7878",
  "[::1]:7878",
  "10.0.0.5",
  "7bhply0h399ids-7878.proxy.runpod.net",
  "panel.example.org",
  "PANEL.example.org:443",
  "a.lan.example",
  "box:7878",
])("answers under %s", (host) => {
  expect(refuse({ method: "GET", url: "/", headers: { host } })).toBeNull();
});

test.each([
  "evil.example",
  "localhost.evil.example",
  "x-7878.proxy.runpod.net.evil.example",
  "lan.example",
  "",
])("does not answer under a foreign name: %s", (host) => {
  expect(refuse({ method: "GET", url: "/", headers: { host } })?.body.code).toBe("forbidden");
});

test("a request without Host is refused", () => {
  expect(refuse({ method: "GET", url: "/api/health", headers: {} })?.body.code).toBe("forbidden");
});

test.each([
  [{ "sec-fetch-site": "cross-site" }],
  [{ "sec-fetch-site": "same-site" }],
  [{ origin: "https://evil.example" }],
  [{ origin: "null" }],
  [{ origin: "http://localhost:3000" }],
])("a state change from elsewhere is refused: %j", (headers) => {
  expect(post({ host: "localhost:7878", ...headers })?.body.code).toBe("forbidden");
});

test.each([
  [{}],
  [{ origin: "http://localhost:7878" }],
  [{ "sec-fetch-site": "same-origin", origin: "http://localhost:7878" }],
  // The proxy may change the scheme and the port, but not what the browser says of the site.
  [{ "sec-fetch-site": "same-origin", origin: "https://pod-7878.proxy.runpod.net" }],
])("a script or our own page may change state: %j", (headers) => {
  expect(post({ host: "localhost:7878", ...headers })).toBeNull();
});

test("another site may link to the page, but not read the API from its own", () => {
  const headers = { host: "localhost:7878", "sec-fetch-site": "cross-site" };

  expect(
    refuse({ method: "GET", url: "/", headers: { ...headers, "sec-fetch-mode": "navigate" } }),
  ).toBeNull();
  expect(refuse({ method: "GET", url: "/api/services", headers })?.body.code).toBe("forbidden");
});

test.each([
  ["TRACE", "/api/services", 405],
  ["PROPFIND", "/", 405],
  ["GET", "/api/services/%E0%A4%A/log", 400],
])("what Next cannot answer in our words is answered before it: %s %s", (method, url, status) => {
  expect(refuse({ method, url, headers: { host: "localhost" } })).toMatchObject({
    status,
    body: { code: "invalid" },
  });
});

test.each([
  "http://localhost/api/services",
  "*",
  "//api/services",
  "/api//services",
  "/\\evil.example",
  "/api/../login",
  "/api/%2E%2e/login",
  "/api/.",
])("an address that Next would make another one of is refused: %s", (url) => {
  expect(refuse({ method: "GET", url, headers: { host: "localhost" } })?.status).toBe(400);
});

test.each([
  "/%61pi/services",
  "/API/services",
  "/api%2fservices",
])("another site does not read the API under another spelling: %s", (url) => {
  const headers = { host: "localhost", "sec-fetch-site": "cross-site" };
  expect(refuse({ method: "GET", url, headers })?.status).toBe(403);
});

test.each([
  "application/x-www-form-urlencoded",
  "text/plain;charset=UTF-8",
  "multipart/form-data; boundary=x",
  " Text/Plain",
])("a page sends no form, whatever it says of its origin: %s", (type) => {
  const form = { host: "localhost:7878", "content-type": type };
  expect(post({ ...form, origin: "http://localhost:7878" })?.body.code).toBe("forbidden");
  expect(post({ ...form, cookie: "a=b" })?.body.code).toBe("forbidden");
  // As curl -d does.
  expect(post(form)).toBeNull();
});

test("the name that a proxy was asked for counts where the proxy is trusted", () => {
  const settings = { allowedHosts: ["panel.example.org"], hostName: "box" };
  const headers = { host: "localhost:7878", "x-forwarded-host": "evil.example" };
  const ask = (trustProxy: boolean, more = {}) =>
    createRequestGuard({ ...settings, trustProxy })({
      method: "POST",
      url: "/api/x",
      headers: { ...headers, ...more },
    });
  expect(ask(false)).toBeNull();
  expect(ask(true)?.body.code).toBe("forbidden");
  const own = { "x-forwarded-host": "panel.example.org", origin: "https://panel.example.org" };
  expect(ask(true, own)).toBeNull();
  expect(ask(false, own)?.body.code).toBe("forbidden");
});

test.each(["/", "/login", "/icon.svg", "/API/session", "/apis"])("%s is only read", (url) => {
  const headers = { host: "localhost" };
  expect(refuse({ method: "POST", url, headers })?.status).toBe(405);
  expect(refuse({ method: "GET", url, headers })).toBeNull();
});

test.each([
  "/_global-error",
  "/%5fglobal-error/",
  "/_Global-Error.rsc?a",
  "/_error",
  "/500",
])("there is nothing at %s", (url) => {
  const headers = { host: "localhost" };
  expect(refuse({ method: "GET", url, headers })?.body.code).toBe("not_found");
});
