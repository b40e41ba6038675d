import { expect } from "@playwright/test";
import {
  type Asked,
  cookieOf,
  MADE_UP,
  PASSWORD,
  signIn,
  calmSignInTest as test,
  withBearer,
} from "./attack/sign-in";

const NEW_PASSWORD = "battery staple 7";
const UNKNOWN_TOKEN = `cp_${MADE_UP}`;

test("what is wrong is not told from what is unknown, and none of it comes back", async ({
  ask,
}) => {
  const owner = cookieOf(await ask(signIn(PASSWORD)));
  const { body } = await ask({
    method: "POST",
    path: "/api/access/tokens",
    headers: { cookie: owner },
    body: { name: "script", scope: "full" },
  });
  const revoked = body.token ?? "";
  expect((await ask({ headers: withBearer(revoked) })).status).toBe(200);
  const { body: access } = await ask({ path: "/api/access", headers: { cookie: owner } });
  const { id } = (access as { tokens: { id: string }[] }).tokens[0] ?? { id: "" };
  await ask({ method: "DELETE", path: `/api/access/tokens/${id}`, headers: { cookie: owner } });

  const answers = await Promise.all(
    [UNKNOWN_TOKEN, revoked, "a wrong password"].map((secret, place) =>
      ask({ headers: withBearer(secret), from: `127.0.2.${place + 1}` }),
    ),
  );
  for (const { status, body: told } of answers) {
    expect.soft(status).toBe(401);
    expect.soft(told).toEqual(answers[0]?.body);
  }
});

test("a session is given anew at each sign-in, never taken from who brings one", async ({
  machine,
  ask,
}) => {
  for (const planted of [
    `controlpilot_session=${MADE_UP}`,
    `__Host-controlpilot_session=${MADE_UP}`,
  ]) {
    const signed = await ask(signIn(PASSWORD, { headers: { cookie: planted } }));
    expect(cookieOf(signed)).toMatch(/^controlpilot_session=[\w-]{43}$/);
    expect(cookieOf(signed)).not.toContain(MADE_UP);
    expect((await ask({ headers: { cookie: planted } })).status).toBe(401);
  }
  const first = cookieOf(await ask(signIn(PASSWORD)));
  const again = cookieOf(await ask(signIn(PASSWORD, { headers: { cookie: first } })));
  expect((await ask({ headers: { cookie: first } })).status).toBe(401);
  expect((await ask({ headers: { cookie: again } })).status).toBe(200);

  const session = { path: "/api/session", headers: { cookie: again } };
  expect((await ask({ method: "DELETE", ...session })).body.signed_in).toBe(false);
  expect((await ask({ headers: { cookie: again } })).status).toBe(401);

  const [owner, other] = [
    cookieOf(await ask(signIn(PASSWORD))),
    cookieOf(await ask(signIn(PASSWORD))),
  ];
  const changed = await ask({
    method: "PUT",
    path: "/api/access/password",
    headers: { cookie: owner },
    body: { password: NEW_PASSWORD, current: PASSWORD },
  });
  expect((await ask({ headers: { cookie: cookieOf(changed) } })).status).toBe(200);
  for (const gone of [owner, other])
    expect((await ask({ headers: { cookie: gone } })).status).toBe(401);
  expect((await ask(signIn(PASSWORD))).status).toBe(401);
  const file = machine.read("config/controlpilot/access.json");
  expect(file).not.toContain(cookieOf(changed).split("=")[1]);
  expect(file).not.toContain(NEW_PASSWORD);
  const back = { password: PASSWORD, current: NEW_PASSWORD };
  const asked = { method: "PUT", path: "/api/access/password", body: back };
  expect((await ask({ ...asked, headers: { cookie: cookieOf(changed) } })).status).toBe(200);
});

test("nothing but the one cookie, or one header, says who one is", async ({ ask }) => {
  const cookie = cookieOf(await ask(signIn(PASSWORD)));
  const [, id = ""] = cookie.split("=");
  const { body } = await ask({
    method: "POST",
    path: "/api/access/tokens",
    headers: { cookie },
    body: { name: "script", scope: "full" },
  });
  const token = body.token ?? "";
  const basic = (user: string, secret: string) =>
    `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
  const right: Asked[] = [
    { headers: { cookie } },
    { headers: { cookie: `a=b; ${cookie}; c="d"` } },
    { headers: withBearer(token) },
    { headers: { authorization: `bearer ${token}` } },
    { headers: withBearer(PASSWORD) },
  ];
  for (const asked of right) expect.soft((await ask(asked)).status).toBe(200);

  const cookies = [
    cookie.toUpperCase(),
    `Controlpilot_session=${id}`,
    `${cookie}x`,
    `x${cookie}`,
    cookie.slice(0, -1),
    `controlpilot_session="${id}"`,
    `controlpilot_session=%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
    `__Host-${cookie}`,
    `__Secure-${cookie}`,
    `${cookie}; ${cookie}`,
    `${cookie}; controlpilot_session=`,
    `controlpilot_session=${MADE_UP}; ${cookie}`,
    `controlpilot_session=${token}`,
    `$Version=1; ${cookie.replace("=", " = ")}`,
    `a="; ${cookie}"`,
  ];
  const authorizations = [
    token,
    `Token ${token}`,
    `Digest ${token}`,
    basic("admin", PASSWORD),
    basic(token, ""),
    `Bearer ${id}x`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer\u00a0${token}`,
  ];
  const wrong: Asked[] = [
    ...cookies.map((sent) => ({ headers: { cookie: sent } })),
    ...authorizations.map((sent) => ({ headers: { authorization: sent } })),
    { headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } },
    {
      headers: {
        "x-api-key": token,
        "x-auth-token": token,
        "proxy-authorization": `Bearer ${token}`,
      },
    },
    ...["token", "access_token", "authorization", "password", "controlpilot_session"].map(
      (name) => ({
        path: `/api/services?${name}=${name === "controlpilot_session" ? id : token}`,
      }),
    ),
  ];
  for (const asked of wrong) {
    expect.soft(String((await ask(asked)).status), JSON.stringify(asked)).toMatch(/^(?:401|429)$/);
  }
});
