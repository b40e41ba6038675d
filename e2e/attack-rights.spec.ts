import { expect } from "@playwright/test";
import { ask, bearer, JSON_TYPE, attackTest as test } from "./attack/requests";
import { builtRoutes, inRoute, methodsOf } from "./attack/routes";

const CHANGING = ["POST", "PUT", "PATCH", "DELETE"];
const OPEN = ["/api/health", "/api/session", "/login"];

/** What a name that is none may look like in an address. */
const NO_NAMES = [
  "..%2fx",
  "..%2f..%2fetc%2fpasswd",
  "-h",
  "--help",
  "--version",
  "all",
  "*",
  "group:*",
  "comfy:*",
  "comfy:comfy:comfy",
  "__proto__",
  "constructor",
  "toString",
  "COMFY",
  "comfy%20",
  "comfy%0a",
  "comfy%0d%0aX-A:%20b",
  "comfy%00",
  "comfy%09kohya",
  "comfy%25",
  "%25s%25n",
  "%22comfy%22",
  "comfy';--",
  "$(id)",
  "%60id%60",
  "comfy|id",
  "[program:comfy]",
  "%3Cscript%3E",
  "com%E2%80%AEfy",
  "%F0%9F%92%A3",
  "x".repeat(3000),
];

test("every address that the build knows is closed to who is not signed in", async ({ target }) => {
  const routes = builtRoutes();
  expect(routes.length).toBeGreaterThan(30);
  for (const route of routes) {
    if (OPEN.includes(route)) continue;
    const path = inRoute(route);
    for (const method of ["GET", "HEAD", "OPTIONS", ...CHANGING]) {
      const { status } = await ask(target.machine.url, { method, path });
      const isRead = ["GET", "HEAD"].includes(method);
      const ofPage = isRead ? 303 : CHANGING.includes(method) ? 405 : 401;
      expect.soft(status, `${method} ${path}`).toBe(path.startsWith("/api") ? 401 : ofPage);
    }
  }
});

test("a token that may only look changes nothing, on no address", async ({ target }) => {
  const { machine, full, reader } = target;
  let known = 0;
  for (const route of builtRoutes()) {
    if (route === "/api/session") continue;
    const path = inRoute(route);
    known += (await methodsOf(machine, route, full)).filter((one) => one !== "GET").length;
    for (const method of CHANGING) {
      const headers = [JSON_TYPE, ...bearer(reader)];
      const { status } = await ask(machine.url, { method, path, headers, body: "{}" });
      expect.soft(status, `${method} ${path}`).toBe(path.startsWith("/api") ? 403 : 405);
    }
  }
  // Of those there are, and are understood.
  expect(known).toBeGreaterThan(15);
});

test("a token that may only look is shown no secrets, and not who may come in", async ({
  target: { machine, full, reader },
}) => {
  const secret = "hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345";
  const see = (path: string, token: string) => ask(machine.url, { path, headers: bearer(token) });
  const logs = builtRoutes().filter((route) => /\[name\]\/.*log/.test(route));
  expect(logs.length).toBeGreaterThanOrEqual(6);
  const paths = [
    ...logs.map((route) => `${inRoute(route)}?reveal=true&q=x`),
    "/api/logs/stream?names=comfy&reveal=true",
    "/api/access",
    "/api/support",
  ];
  for (const path of paths) {
    expect.soft((await see(path, reader)).status, path).toBe(403);
  }
  expect((await see("/api/services/comfy/log?reveal=true", full)).status).toBe(200);

  const log = machine.read("comfy.out.log");
  machine.append("comfy.out.log", `token=${secret}\n`);
  const shown = await see("/api/services/comfy/log?stream=out", reader);
  expect(shown.body).toContain("token=");
  expect(shown.body).not.toContain(secret);
  machine.write("comfy.out.log", log);
});

test("a name that is none is told to be none, wherever one is taken", async ({ target }) => {
  const { machine, full } = target;
  const routes = builtRoutes().filter((route) => route.includes("[name]"));
  expect(routes.length).toBeGreaterThan(10);
  for (const route of routes) {
    const methods = await methodsOf(machine, route, full);
    expect(methods).not.toEqual([]);
    const tries = NO_NAMES.flatMap((name) => methods.map((method) => ({ name, method })));
    await Promise.all(
      tries.map(async ({ name, method }) => {
        const asked = { method, path: inRoute(route, name), headers: [JSON_TYPE, ...bearer(full)] };
        const body = method === "GET" ? undefined : '{"enabled":false,"policy":"manual"}';
        const answer = await ask(machine.url, { ...asked, body });
        expect.soft(String(answer.status), `${method} ${asked.path}`).toMatch(/^40[04]$/);
        expect.soft(answer.headers.get("x-a")).toBeNull();
      }),
    );
  }
});

test("in lists of names, too", async ({ target: { machine, full } }) => {
  const names = NO_NAMES.filter((name) => name.length < 200).map(decodeURIComponent);
  for (const action of ["start", "stop", "restart"]) {
    const headers = [JSON_TYPE, ...bearer(full)];
    const body = JSON.stringify({ action, names: names.filter((name) => !/[\s/]/.test(name)) });
    const asked = { method: "POST", path: "/api/services/actions", headers, body };
    const answer = await ask(machine.url, asked);
    expect(answer.body).not.toContain('"status":"ok"');
  }
  for (const name of names) {
    const path = `/api/logs/stream?names=comfy,${encodeURIComponent(name)}`;
    const { status } = await ask(machine.url, { path, headers: bearer(full) });
    expect.soft(String(status), path).toMatch(/^40[04]$/);
  }
});
