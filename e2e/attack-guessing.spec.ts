import { expect } from "@playwright/test";
import {
  type Asked,
  cookieOf,
  MADE_UP,
  PASSWORD,
  signIn,
  signInTest as test,
  withBearer,
} from "./attack/sign-in";

test("whoever guesses has to wait, longer each time, and does not get around it", async ({
  machine,
  ask,
}) => {
  const first = await ask(signIn("guess 1"));
  expect(first.status).toBe(401);
  expect((await ask({ headers: withBearer("guess 2") })).status).toBe(401);
  const owner = await ask(signIn(PASSWORD, { from: "127.0.0.9" }));
  const cookie = cookieOf(owner);

  const waits: number[] = [];
  await machine.until(async () => {
    const { status, headers } = await ask(signIn("guess"));
    if (status === 429) waits.push(Number(headers["retry-after"]));
    else expect(status).toBe(401);
    return (waits.at(-1) ?? 0) >= 3;
  });
  expect(waits[0]).toBeLessThan(3);

  const ways: Record<string, Asked> = {
    "the right password": signIn(PASSWORD),
    "by a token's header": { headers: withBearer("guess") },
    "as another one": signIn("guess", { headers: { "x-forwarded-for": "198.51.100.7" } }),
    "as this machine": signIn("guess", { headers: { "x-real-ip": "127.0.0.1" } }),
    "with another browser": signIn("guess", { headers: { "user-agent": "another" } }),
    "with a made-up cookie": signIn("guess", { headers: { cookie: `theme=${MADE_UP}` } }),
  };
  await Promise.all(
    Object.entries(ways).map(async ([way, asked]) => {
      const answer = await ask(asked);
      expect.soft([answer.status, cookieOf(answer)], way).toEqual([429, ""]);
    }),
  );
  expect((await ask({ headers: { cookie } })).status).toBe(200);
  await machine.until(async () => (await ask(signIn(PASSWORD))).status === 200);
});

test("many who guess together hold up a new one, once, and nobody who is known", async ({
  machine,
  ask,
}) => {
  const owner = cookieOf(await ask(signIn(PASSWORD)));
  const created = await ask({
    method: "POST",
    path: "/api/access/tokens",
    headers: { cookie: owner },
    body: { name: "script", scope: "read" },
  });
  const from = (last: number) => `127.0.1.${last}`;
  for (let guesser = 1; guesser <= 20; guesser += 1) {
    expect((await ask(signIn("guess", { from: from(guesser) }))).status).toBe(401);
  }

  const guess = await ask(signIn("guess", { from: from(100) }));
  const right = await ask(signIn(PASSWORD, { from: from(101) }));
  expect([guess.status, right.status]).toEqual([429, 429]);
  expect(right.body).toEqual(guess.body);
  expect(Number(right.headers["retry-after"])).toBeLessThanOrEqual(5);

  const strangers = { from: from(102) };
  expect((await ask({ ...strangers, headers: { cookie: owner } })).status).toBe(200);
  const token = withBearer(created.body.token ?? "");
  expect((await ask({ ...strangers, headers: token })).status).toBe(200);
  const comesIn = async () => (await ask(signIn(PASSWORD, { from: from(101) }))).status === 200;
  await machine.until(comesIn);
});
