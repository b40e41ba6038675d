import { readdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "@/lib/contract/access";
import { openGatedServer } from "./testing/gated-server";

const PASSWORD = "correct horse battery";
const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const CHANGING = ["OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const OPEN_TO_ALL = new Set([
  "GET /api/health",
  "HEAD /api/health",
  ...["GET", "HEAD", "OPTIONS", "POST", "DELETE"].map((method) => `${method} /api/session`),
  "GET /login",
  "HEAD /login",
]);
const STRANGER: Caller = {
  kind: "nobody",
  name: "nobody",
  scope: "read",
  address: "198.51.100.9",
};

const paths = findPaths();
const walk = METHODS.flatMap((method) => paths.map((path) => [method, path] as const));
const closed = walk.filter(([method, path]) => !OPEN_TO_ALL.has(`${method} ${path}`));

let server: Awaited<ReturnType<typeof openGatedServer>>;
let full: string;
let reader: string;

beforeAll(async () => {
  server = await openGatedServer({ CONTROLPILOT_PASSWORD: PASSWORD });
  const owner: Caller = { ...STRANGER, kind: "session", scope: "full" };
  full = (await server.access().createToken(owner, { name: "déjà 漢", scope: "full" })).token;
  reader = (await server.access().createToken(owner, { name: "watch", scope: "read" })).token;
});

beforeEach(() => {
  server.reached.length = 0;
});

afterAll(() => server.close());

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

async function signIn(caller: Caller = STRANGER): Promise<string> {
  const { cookie } = await server.access().signIn(caller, PASSWORD, "curl/8");
  return cookie.split(";", 1)[0] ?? "";
}

describe("every route and page that the build knows", () => {
  test("is found", () => {
    expect(paths).toEqual(
      expect.arrayContaining(["/", "/updates", "/api/events", "/api/services/x/log/stream"]),
    );
    expect(closed.length).toBeGreaterThan(200);
  });

  test("is closed to those who are not signed in", async () => {
    for (const [method, path] of closed) {
      const { status, headers } = await server.ask(method, path);
      const isPage = !path.startsWith("/api") && (method === "GET" || method === "HEAD");
      expect([status, method, path]).toEqual([isPage ? 303 : 401, method, path]);
      if (isPage) expect(headers.location).toBe(`/login?next=${encodeURIComponent(path)}`);
    }
    expect(server.reached).toEqual([]);
  });

  test("can be read with a token that may look, and changed by none of them", async () => {
    for (const [method, path] of closed) {
      const { status, caller } = await server.ask(method, path, bearer(reader));
      if (CHANGING.includes(method)) expect([status, method, path]).toEqual([403, method, path]);
      else expect(caller).toMatchObject({ kind: "token", name: "watch", scope: "read" });
    }
    expect(server.reached.filter((line) => !/^(GET|HEAD) /.test(line))).toEqual([]);
  });

  test("is open to a token with full rights", async () => {
    for (const [method, path] of walk) await server.ask(method, path, bearer(full));
    expect(server.reached).toHaveLength(walk.length);
  });
});

test("what the sign-in needs is open to everybody, who is nobody there", async () => {
  for (const wish of [
    ...OPEN_TO_ALL,
    "GET /theme.js",
    "GET /icon.svg",
    "GET /_next/static/chunks/0~a_b-1.js",
  ]) {
    const [method = "", path = ""] = wish.split(" ");
    expect((await server.ask(method, path)).caller, wish).toMatchObject({
      kind: "nobody",
      scope: "read",
    });
  }
});

test.each([
  "/%61pi/services",
  "/API/services",
  "/api/services/",
  "/api/health/",
  "/api/health/../services",
  "/api/health%2f..%2fservices",
  "/api/health;/services",
  "/api/health%00",
  "/api/./services",
  "/api/%2e%2e/api/services",
  "//api/services",
  "//api/health",
  "/\\api\\services",
  "/_next/static/../../api/services",
  "/_next/static/%2e%2e/%2e%2e/api/services",
  "/_next/static/..%2f..%2fapi/services",
  "/_next/static//api/services",
  "/_next/image?url=%2Fapi%2Fservices&w=64&q=75",
  "/_next/data/x/services.json",
  "/login/../api/services",
  "/login#/../api/services",
  "/login.rsc",
  "/login;x",
  "/Login",
  "/theme.js/../api/services",
  "/.",
  "http://127.0.0.1/api/health",
  "http://127.0.0.1/api/services",
  "*",
])("an odd address opens nothing: %s", async (path) => {
  const { status, caller } = await server.ask("GET", path);

  expect(caller).toBeNull();
  expect(status).toBeGreaterThanOrEqual(300);
  expect(server.reached).toEqual([]);
});

describe("headers", () => {
  const claimed = JSON.stringify({ kind: "open", name: "me", scope: "full", address: "" });

  test.each([
    [{ "x-controlpilot-caller": claimed }],
    [{ "X-ControlPilot-Caller": claimed }],
    [{ "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" }],
    [{ "x-middleware-skip": "1", "x-middleware-next": "1", "x-nextjs-data": "1" }],
    [{ "x-matched-path": "/api/health", "x-invoke-path": "/api/health" }],
    [{ "x-original-url": "/api/health", "x-rewrite-url": "/api/health" }],
    [{ "x-http-method-override": "GET" }],
    [{ rsc: "1", "next-router-prefetch": "1", "next-url": "/login" }],
    [{ "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" }],
    [{ authorization: "" }],
    [{ authorization: "Bearer" }],
    [{ authorization: "Bearer " }],
    [{ authorization: "Basic YWRtaW46Y29ycmVjdCBob3JzZSBiYXR0ZXJ5" }],
    [{ authorization: "Bearer cp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
    [{ cookie: "controlpilot_session=" }],
    [{ cookie: "controlpilot_session=undefined; __Host-controlpilot_session=null" }],
    [{ cookie: ";;;=;controlpilot_session;a=b" }],
  ])("let nobody in: %j", async (headers) => {
    for (const method of ["GET", "POST"]) {
      const { status } = await server.ask(method, "/api/services", headers);
      expect(status).toBe(401);
    }
    expect(server.reached).toEqual([]);
  });

  test("say who somebody is only where the front door has written them", async () => {
    const { caller } = await server.ask("GET", "/api/services", {
      ...bearer(full),
      "x-controlpilot-caller": [claimed, claimed],
    });
    expect(caller).toEqual({
      kind: "token",
      name: "déjà 漢",
      scope: "full",
      address: "127.0.0.1",
      secure: false,
    });
    const { caller: nobody } = await server.ask("GET", "/api/session", {
      "x-controlpilot-caller": claimed,
    });
    expect(nobody).toMatchObject({ kind: "nobody", scope: "read" });
  });

  test("that are sent twice count for nothing", async () => {
    const cookie = await signIn();
    const twice = ["authorization", `Bearer ${full}`, "authorization", `Bearer ${full}`];
    const { status } = await server.ask("GET", "/api/services", ["host", "localhost", ...twice]);
    expect(status).toBe(401);
    for (const sent of [
      `${cookie}; ${cookie}`,
      `${cookie}; controlpilot_session=x`,
      `controlpilot_session=x; ${cookie}`,
    ]) {
      expect((await server.ask("GET", "/api/services", { cookie: sent })).status).toBe(401);
    }
    expect(server.reached).toEqual([]);
  });
});

describe("a session", () => {
  test("opens everything with its cookie, among others", async () => {
    const cookie = await signIn();
    const { caller } = await server.ask("POST", "/api/services/comfy/stop", {
      cookie: `theme=dark; ${cookie}; other="x;y"`,
    });
    expect(caller).toMatchObject({ kind: "session", name: "curl", scope: "full" });
  });

  test("is another one at each sign-in, and the one before is over", async () => {
    const first = await signIn();
    const { caller } = await server.ask("GET", "/", { cookie: first });
    const second = await signIn(caller ?? STRANGER);
    expect(second).not.toBe(first);
    expect((await server.ask("GET", "/api/services", { cookie: first })).status).toBe(401);
    expect((await server.ask("GET", "/api/services", { cookie: second })).status).toBe(200);
  });

  test("that somebody made up is never taken over", async () => {
    const planted = `controlpilot_session=${"A".repeat(43)}`;
    const { caller } = await server.ask("POST", "/api/session", { cookie: planted });
    expect(caller?.session).toBeUndefined();
    expect(await signIn(caller ?? STRANGER)).not.toBe(planted);
    expect((await server.ask("GET", "/api/services", { cookie: planted })).status).toBe(401);
  });

  test("of https is known there only, by a name that no other site can plant", async () => {
    const host = "7bhply0h399ids-7878.proxy.runpod.net";
    const cookie = await signIn({ ...STRANGER, secure: true });
    expect(cookie).toMatch(/^__Host-controlpilot_session=[\w-]{43}$/);
    const inside = await server.ask("GET", "/api/services", { cookie, host });
    expect(inside.caller).toMatchObject({ kind: "session", secure: true });
    expect((await server.ask("GET", "/api/services", { cookie })).status).toBe(401);
  });
});

test("the password opens everything to a script, and a wrong one nothing", async () => {
  const { caller } = await server.ask("POST", "/api/services/comfy/stop", bearer(PASSWORD));
  expect(caller).toMatchObject({ kind: "password", scope: "full" });
  const wrong = await server.ask("GET", "/api/services", bearer("wrong"));
  expect(wrong.status).toBe(401);
  expect(wrong.headers["www-authenticate"]).toBe("Bearer");
  expect(JSON.parse(wrong.body)).toMatchObject({ code: "unauthorized" });
});

/** `/api/services/x/log` for `app/api/services/[name]/log/route.ts`. */
function findPaths(): string[] {
  const files = readdirSync("app", { recursive: true, encoding: "utf8" });
  const found = files.filter((file) => /(?:^|\/)(?:route|page)\.tsx?$/.test(file));
  const inUrl = found.map((file) => `/${file.replace(/(?:^|\/)(?:route|page)\.tsx?$/, "")}`);
  const sample = inUrl.map((path) => path.replaceAll(/\[\[?[^\]]*\]\]?/g, "x"));
  return [...sample, "/services/comfy/log", "/api", "/api/unknown/path", "/nothing-here"];
}
