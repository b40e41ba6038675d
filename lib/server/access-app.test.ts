import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Caller } from "@/lib/contract/access";
import { openGatedServer } from "./testing/gated-server";
import { mountReadOnly } from "./testing/small-disk";
import { waitFor } from "./testing/wait-for";

const ANYONE: Caller = { kind: "open", name: "anyone", scope: "full", address: "127.0.0.1" };
const STRANGER: Caller = { ...ANYONE, kind: "nobody", name: "nobody", scope: "read" };
const FIRST = "first password";
const SECOND = "second password";

type Server = Awaited<ReturnType<typeof openGatedServer>>;
let server: Server;

async function open(env: Record<string, string> = {}): Promise<Server> {
  server = await openGatedServer(env);
  return server;
}

afterEach(() => server.close());

const fileOf = () => join(server.dir, "config/controlpilot/access.json");
const secretsOf = () => join(server.dir, "config/secrets.env");
const get = (headers: Record<string, string> = {}) => server.ask("GET", "/api/services", headers);
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const cookieIn = (header: string) => ({ cookie: header.split(";", 1)[0] ?? "" });
const signIn = async (password: string) =>
  cookieIn((await server.access().signIn(STRANGER, password, "curl/8")).cookie);

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Sets the first password as somebody does who finds the machine open; answers their cookie. */
async function close(password = FIRST) {
  const { cookie, body } = await server.access().setPassword(ANYONE, { password }, "curl/8");
  return { headers: cookieIn(cookie), cookie, body };
}

async function callerWith(headers: Record<string, string>): Promise<Caller> {
  const { caller } = await get(headers);
  if (!caller) throw new Error("Nobody was let in.");
  return caller;
}

describe("without a password", () => {
  test("everybody may everything, and the machine says so", async () => {
    await open();
    expect((await get()).caller).toMatchObject(ANYONE);
    expect(server.access().session(ANYONE)).toEqual({
      required: false,
      signed_in: false,
      scope: "full",
      name: null,
      password: { set: false, source: null },
      exposed: true,
      meant: false,
    });
    await server.access().setMeant(ANYONE, true);
    await server.restart();
    expect(server.access().session(ANYONE)).toMatchObject({ exposed: true, meant: true });
  });

  test("it is exposed only where others can connect", async () => {
    await open({ HOSTNAME: "127.0.0.1" });
    expect(server.access().session(ANYONE)).toMatchObject({ exposed: false });
  });

  test("nobody has to sign in, and a token that may look may not more", async () => {
    await open();
    await expect(server.access().signIn(STRANGER, "x", undefined)).rejects.toMatchObject({
      code: "conflict",
    });
    const { token } = await server.access().createToken(ANYONE, { name: "a", scope: "read" });
    expect((await server.ask("POST", "/api/x", bearer(token))).status).toBe(403);
    expect((await server.ask("POST", "/api/x", bearer("whatever"))).status).toBe(200);
  });
});

describe("a password of the settings page", () => {
  test("closes the machine for good, but for whoever set it", async () => {
    await open();
    const { headers, body, cookie } = await close();
    expect(body).toMatchObject({ required: true, signed_in: true, exposed: false });
    expect(cookie).toMatch(
      /^controlpilot_session=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect((await get()).status).toBe(401);
    expect((await get(headers)).status).toBe(200);
    await server.restart();
    expect((await get()).status).toBe(401);
    expect((await get(headers)).status).toBe(200);
    expect((await get(bearer(FIRST))).status).toBe(200);
    expect((await get(await signIn(FIRST))).status).toBe(200);
  });

  test("stands in no file, and the file is for its owner only", async () => {
    await open();
    const { headers } = await close();
    const text = readFileSync(fileOf(), "utf8");
    expect(text).not.toContain(FIRST);
    expect(text).not.toContain(headers.cookie.split("=")[1]);
    expect(statSync(fileOf()).mode & 0o777).toBe(0o600);
  });

  test("signs out everybody else when it is changed", async () => {
    await open();
    const { headers } = await close();
    const other = await signIn(FIRST);
    const owner = await callerWith(headers);
    const change = (current?: string) =>
      server.access().setPassword(owner, { password: SECOND, current }, "curl/8");
    await expect(change()).rejects.toMatchObject({ code: "invalid" });
    await expect(change("wrong")).rejects.toMatchObject({ code: "forbidden" });
    expect((await get(bearer(FIRST))).status).toBe(200);

    const { cookie } = await change(FIRST);
    expect((await get(cookieIn(cookie))).status).toBe(200);
    for (const gone of [headers, other, bearer(FIRST)]) expect((await get(gone)).status).toBe(401);
    expect((await get(bearer(SECOND))).status).toBe(200);
  });

  test("is changed by no token, and seen by none that may only look", async () => {
    await open();
    const { headers } = await close();
    const owner = await callerWith(headers);
    for (const scope of ["full", "read"] as const) {
      const { token } = await server.access().createToken(owner, { name: scope, scope });
      const caller = await callerWith(bearer(token));
      const wish = { password: SECOND, current: FIRST };
      await expect(server.access().setPassword(caller, wish, undefined)).rejects.toMatchObject({
        code: "forbidden",
      });
      await expect(server.access().removePassword(caller, FIRST)).rejects.toThrow();
      if (scope === "read") expect(() => server.access().list(caller)).toThrow("may only look");
    }
  });

  test("can be removed by who knows it", async () => {
    await open();
    const owner = await callerWith((await close()).headers);
    await expect(server.access().removePassword(owner, "wrong")).rejects.toThrow();
    const { body, cookie } = await server.access().removePassword(owner, FIRST);
    expect(body).toMatchObject({ required: false, exposed: true });
    expect(cookie).toContain("Max-Age=0");
    expect((await get()).status).toBe(200);
  });

  test("that the disk does not take is not set", async () => {
    await open();
    write(fileOf(), "");
    const free = mountReadOnly(dirname(fileOf()));
    try {
      await server.restart();
      await expect(close()).rejects.toMatchObject({ code: "conflict" });
    } finally {
      free();
    }
  });
});

describe("sessions and tokens", () => {
  test("are listed without what opens the door, and end when they are revoked", async () => {
    await open();
    const { headers } = await close();
    const owner = await callerWith(headers);
    const other = await signIn(FIRST);
    const third = await signIn(FIRST);
    const { id, token } = await server.access().createToken(owner, { name: "a", scope: "full" });
    const listed = server.access().list(owner);
    expect(listed.sessions.map(({ current }) => current).filter(Boolean)).toHaveLength(1);
    expect(listed.tokens).toMatchObject([{ id, name: "a", scope: "full", last_used_at: null }]);
    expect(JSON.stringify(listed)).not.toMatch(/hash|cp_/);

    const { session = "" } = await callerWith(other);
    expect(await server.access().revokeSession(owner, session)).toBe("curl");
    expect((await get(other)).status).toBe(401);
    expect((await get(third)).status).toBe(200);
    await server.access().revokeOtherSessions(owner);
    expect((await get(third)).status).toBe(401);
    expect((await get(headers)).status).toBe(200);
    expect((await get(bearer(token))).status).toBe(200);
    expect(await server.access().revokeToken(owner, id)).toBe("a");
    expect((await get(bearer(token))).status).toBe(401);
    await expect(server.access().revokeToken(owner, id)).rejects.toMatchObject({
      code: "not_found",
    });
    await server.restart();
    for (const gone of [other, third, bearer(token)]) expect((await get(gone)).status).toBe(401);
  });

  test("signing out ends the session on the server, too", async () => {
    await open();
    const { headers } = await close();
    const { body, cookie } = await server.access().signOut(await callerWith(headers));
    expect(body).toMatchObject({ required: true, signed_in: false, scope: null });
    expect(cookie).toMatch(/^controlpilot_session=; Max-Age=0; /);
    expect((await get(headers)).status).toBe(401);
  });

  test("what is told is on the disk: a server that is killed right after it knows it too", async () => {
    await open();
    const idsOnDisk = (): string[] =>
      JSON.parse(readFileSync(fileOf(), "utf8")).sessions.map(({ id }: { id: string }) => id);
    const { headers } = await close();
    const { session } = await callerWith(headers);
    expect(idsOnDisk()).toEqual([session]);
    const second = await callerWith(await signIn(FIRST));
    expect(idsOnDisk()).toEqual([second.session, session]);
    await server.access().signOut(second);
    expect(idsOnDisk()).toEqual([session]);
  });

  test("a stream does not outlive the rights that it was opened with", async () => {
    await open();
    const anyone = await server.stream({});
    const { headers } = await close();
    await anyone.isOver;

    const owner = await callerWith(headers);
    const { id, token } = await server.access().createToken(owner, { name: "a", scope: "read" });
    const session = await server.stream(headers);
    const script = await server.stream(bearer(token));
    const withPassword = await server.stream(bearer(FIRST));
    await server.access().revokeToken(owner, id);
    await script.isOver;
    const wish = { password: SECOND, current: FIRST };
    await server.access().setPassword(owner, wish, undefined);
    await Promise.all([session.isOver, withPassword.isOver]);
  });

  test("a name is given to one token only", async () => {
    await open();
    const make = () => server.access().createToken(ANYONE, { name: "a", scope: "read" });
    const [one, two] = await Promise.allSettled([make(), make()]);
    expect([one.status, two.status]).toEqual(["fulfilled", "rejected"]);
    expect(server.access().list(ANYONE).tokens).toHaveLength(1);
  });

  test("a session that was not used for long is over; one in use gets a longer life", async () => {
    await open();
    const { headers } = await close();
    expect((await get(headers)).headers["set-cookie"]).toBeUndefined();
    const age = async (days: number) => {
      await server.restart();
      const record = JSON.parse(readFileSync(fileOf(), "utf8"));
      record.sessions[0].last_used_at = new Date(Date.now() - days * 86_400_000).toISOString();
      write(fileOf(), JSON.stringify(record));
      await server.restart();
    };
    await age(89);
    const renewed = (await get(headers)).headers["set-cookie"] ?? [];
    expect(renewed).toEqual([expect.stringContaining(`${headers.cookie}; Max-Age=7776000`)]);
    await server.restart();
    const { last_used_at } = JSON.parse(readFileSync(fileOf(), "utf8")).sessions[0];
    expect(Date.now() - Date.parse(last_used_at)).toBeLessThan(60_000);
    await age(91);
    expect((await get(headers)).status).toBe(401);
  });
});

describe("a password from outside", () => {
  test("wins over the settings page, and is not changed there", async () => {
    await open();
    const { headers } = await close();
    await server.restart({ CONTROLPILOT_PASSWORD: SECOND });
    for (const gone of [headers, bearer(FIRST)]) expect((await get(gone)).status).toBe(401);
    const owner = await callerWith(await signIn(SECOND));
    expect(server.access().session(owner).password).toEqual({ set: true, source: "environment" });
    const wish = { password: FIRST, current: SECOND };
    await expect(server.access().setPassword(owner, wish, undefined)).rejects.toThrow(
      "CONTROLPILOT_PASSWORD in the environment",
    );
  });

  test("keeps its sessions over a restart, until it is another one", async () => {
    await open({ CONTROLPILOT_PASSWORD: FIRST });
    const headers = await signIn(FIRST);
    await server.restart();
    expect((await get(headers)).status).toBe(200);
    await server.restart({ CONTROLPILOT_PASSWORD: SECOND });
    expect((await get(headers)).status).toBe(401);
    await server.restart({ CONTROLPILOT_PASSWORD: FIRST });
    expect((await get(headers)).status).toBe(401);
  });

  test("is found in secrets.env, and followed there", async () => {
    await open();
    write(secretsOf(), `export CONTROLPILOT_PASSWORD='it'"'"'s one'\r\n`);
    const headers = await waitFor(async () => (await get()).status === 401 && signIn("it's one"));
    write(secretsOf(), "");
    write(secretsOf(), `CONTROLPILOT_PASSWORD=${SECOND.replace(" ", "-")}\n`);
    await waitFor(async () => (await get(headers)).status === 401);
    expect((await get(bearer(SECOND.replace(" ", "-")))).status).toBe(200);
  });

  test("in a secrets.env that never ends leaves the door closed, not open", async () => {
    await open({ HOSTNAME: "127.0.0.1" });
    write(secretsOf(), "sleep 86391\nexport CONTROLPILOT_PASSWORD=x\n");
    await server.restart();
    const { status, body } = await get();
    expect(status).toBe(503);
    expect(JSON.parse(body).detail).toContain("secrets.env does not come to its end");
    expect((await server.ask("GET", "/api/health")).status).toBe(200);
    server.reports.length = 0;
  });
});

describe("an access.json that is damaged", () => {
  const DAMAGED = [
    ["cut off", '{"password": "scrypt$32768'],
    ["empty", ""],
    ["of another form", '{"password": "plain", "sessions": [], "tokens": [], "meant": false}'],
    [
      "with a hash that would take all memory",
      JSON.stringify({
        password: `scrypt$1073741824$8$1$${"a".repeat(22)}$${"a".repeat(43)}`,
        opened_with: null,
        sessions: [],
        tokens: [],
        meant: false,
      }),
    ],
  ] as const;

  test.each(DAMAGED)("%s lets nobody in, says why, and stays as it is", async (_, text) => {
    await open();
    await close();
    write(fileOf(), text);
    await server.restart();
    const { status, body } = await get(bearer(FIRST));
    expect(status).toBe(503);
    expect(JSON.parse(body).detail).toContain("access.json is damaged");
    expect((await server.ask("GET", "/api/health")).status).toBe(200);
    expect((await server.ask("POST", "/api/session")).status).toBe(503);
    expect(readFileSync(fileOf(), "utf8")).toBe(text);
  });

  test("does not keep out who knows the password from outside", async () => {
    await open({ CONTROLPILOT_PASSWORD: FIRST });
    write(fileOf(), "{");
    await server.restart();
    const headers = await signIn(FIRST);
    expect((await get(headers)).status).toBe(200);
    const owner = await callerWith(headers);
    await expect(
      server.access().createToken(owner, { name: "a", scope: "read" }),
    ).rejects.toMatchObject({ code: "conflict" });
    expect(readFileSync(fileOf(), "utf8")).toBe("{");
  });

  test("while the server runs is not overwritten", async () => {
    await open();
    await close();
    write(fileOf(), "mine");
    const wish = { name: "a", scope: "read" } as const;
    await expect(server.access().createToken(ANYONE, wish)).rejects.toThrow("another program");
    expect(readFileSync(fileOf(), "utf8")).toBe("mine");
  });
});

describe("brute force", () => {
  test("has to wait, longer each time, whoever guesses by whichever way", async () => {
    await open();
    await close();
    server.stopClock();
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await get(bearer(`guess ${i}`))).status);
    expect(statuses).toEqual([401, 401, 401]);
    const { status, headers, body } = await get(bearer(FIRST));
    expect([status, headers["retry-after"]]).toEqual([429, "1"]);
    expect(JSON.parse(body)).toMatchObject({ code: "busy" });
    await expect(server.access().signIn(STRANGER, FIRST, undefined)).rejects.toMatchObject({
      code: "busy",
      retryAfterSeconds: 1,
    });
  });

  test("with a hundred guesses at once gets no more tries than one by one", async () => {
    await open();
    await close();
    server.stopClock();
    const guesses = Array.from({ length: 100 }, (_, i) => get(bearer(`guess ${i}`)));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(97);
  });

  test("does not take scripts that know the password for guesses, however many come at once", async () => {
    await open();
    await close();
    const asked = Array.from({ length: 40 }, () => get(bearer(FIRST)));
    expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("keeps nobody out who is signed in, or has a token", async () => {
    await open();
    const { headers } = await close();
    const { token } = await server.access().createToken(ANYONE, { name: "a", scope: "read" });
    server.stopClock();
    for (let i = 0; i < 3; i++) await get(bearer(`guess ${i}`));
    expect((await get(bearer("guess"))).status).toBe(429);
    expect((await get(headers)).status).toBe(200);
    expect((await get(bearer(token))).status).toBe(200);
  });
});

test("who signs in and who is refused is told, without what they typed", async () => {
  await open();
  await close();
  await signIn(FIRST);
  await expect(server.access().signIn(STRANGER, "wrong one", "curl/8")).rejects.toMatchObject({
    code: "unauthorized",
  });
  await get(bearer("wrong two"));
  expect(server.recorded).toMatchObject([
    { action: "session.sign_in", result: "ok", actor: "curl", address: "127.0.0.1" },
    { action: "session.refused", result: "refused", actor: "curl" },
    { action: "session.refused", result: "refused", address: "127.0.0.1" },
  ]);
  expect(JSON.stringify(server.recorded)).not.toContain("wrong");
});

test("whoever is not trusted cannot say that it came by https", async () => {
  await open({ CONTROLPILOT_PASSWORD: FIRST });
  const { cookie } = await server.access().signIn({ ...STRANGER, secure: true }, FIRST, undefined);
  expect(cookie).toMatch(/; Secure$/);
  const forged = { "x-forwarded-proto": "https", ...cookieIn(cookie) };
  expect((await get(forged)).status).toBe(401);
});
