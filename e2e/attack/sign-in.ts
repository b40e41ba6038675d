import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { json } from "node:stream/consumers";
import { test as base } from "@playwright/test";
import { Machine } from "../machine";

export const PASSWORD = "correct horse 9";
export const MADE_UP = "A".repeat(43);

type Body = { detail?: string; code?: string; signed_in?: boolean; token?: string };
export type Asked = {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: unknown;
  /** Of this machine's many. */
  from?: string;
};
type Answer = { status: number; headers: IncomingHttpHeaders; body: Body };

/** Its password was set on its settings page. */
async function openMachine(): Promise<Machine> {
  const machine = new Machine();
  await machine.start();
  const body = JSON.stringify({ password: PASSWORD });
  await fetch(`${machine.url}/api/access/password`, { method: "PUT", body });
  return machine;
}

/** A machine of its own for each test: who guessed has to wait, in the next one, too. */
export const signInTest = base.extend<{ machine: Machine; ask: (asked: Asked) => Promise<Answer> }>(
  {
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
    machine: async ({}, use) => {
      const machine = await openMachine();
      await use(machine);
      await machine.end();
    },
    ask: async ({ machine }, use) => use((asked) => ask(machine.url, asked)),
  },
);

/** For tests that leave the machine, and its password, as they were. */
export const calmSignInTest = signInTest.extend<object, { lasting: Machine }>({
  lasting: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
    async ({}, use) => {
      const machine = await openMachine();
      await use(machine);
      await machine.end();
    },
    { scope: "worker" },
  ],
  machine: async ({ lasting }, use) => use(lasting),
});

function ask(url: string, { from, path = "/api/services", body, ...rest }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { localAddress: from, agent: false, ...rest };
    const request = httpRequest(`${url}${path}`, options, async (response) => {
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, headers, body: (await json(response)) as Body });
    });
    request.once("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export const signIn = (password: string, more: Partial<Asked> = {}): Asked => ({
  method: "POST",
  path: "/api/session",
  body: { password },
  ...more,
});
export const withBearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
export const cookieOf = ({ headers }: Answer) => headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
