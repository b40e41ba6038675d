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
