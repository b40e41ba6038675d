import {
  type BrowserContext,
  test as base,
  expect,
  type Page,
  type Request,
} from "@playwright/test";
import config from "../playwright.config";
import { PASSWORD, watch } from "./attack/requests";
import { openSite, READS, SECRET, SENDS, type Site } from "./attack/site";
import { Machine } from "./machine";

const NAME = "panel.example";
const { launchOptions } = config.use ?? {};

function lasting(environment: Record<string, string>) {
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
  return async ({}: object, use: (machine: Machine) => Promise<void>) => {
    const machine = new Machine({ CONTROLPILOT_ALLOWED_HOSTS: NAME, ...environment });
    await machine.start();
    await use(machine);
    await machine.end();
  };
}

const test = base.extend<{ machine: Machine; site: Site }, { open: Machine; closed: Machine }>({
  open: [lasting({}), { scope: "worker" }],
  closed: [lasting({ CONTROLPILOT_PASSWORD: PASSWORD }), { scope: "worker" }],
  machine: async ({ open }, use) => use(open),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
  site: async ({}, use) => {
    const site = await openSite();
    await use(site);
    site.close();
  },
});
const closedTest = test.extend({ machine: async ({ closed }, use) => use(closed) });

/** In this browser each name below `example` leads to this machine, as after a change of DNS. */
test.use({
  launchOptions: {
    ...launchOptions,
    args: [
      ...(launchOptions?.args ?? []),
      "--host-resolver-rules=MAP *.example 127.0.0.1",
      // What the browser itself keeps from machines at home would not be tried here.
      "--disable-features=LocalNetworkAccessChecks",
    ],
  },
});

const originOf = (name: string, port: string | number) => `http://${name}:${port}`;

/**
 * The addresses of the machine, and of pages that attack it: another site, and the same with another
 * port, to which cookies go. Under a plain name over http browsers do not tell where a request comes from.
 */
function pairs(machine: Machine, site: Site) {
  const { port } = new URL(machine.url);
  return ["localhost", NAME].flatMap((name) =>
    ["evil.example", name].map((attacker) => ({
      victim: originOf(name, port),
      attacker: originOf(attacker, site.port),
      careless: originOf(name, site.port).replace(
        /\/\/localhost|\/\/panel\.example/,
        "//other.example",
      ),
    })),
  );
}

async function signIn(page: Page, origin: string): Promise<void> {
  // No page of ours, which would lead on.
  await page.goto(`${origin}/theme.js`);
  const status = await page.evaluate(async (password) => {
    const body = JSON.stringify({ password });
    const headers = { "content-type": "application/json" };
    await fetch("/api/session", { method: "POST", headers, body });
    return (await fetch("/api/services")).status;
  }, PASSWORD);
  expect(status).toBe(200);
}

/** With what each request that was not GET was answered. */
function followAnswers(context: BrowserContext, origin: string): number[] {
  const statuses: number[] = [];
  context.on("response", (response) => {
    const isOf = response.url().startsWith(`${origin}/`);
    if (isOf && response.request().method() !== "GET") statuses.push(response.status());
  });
  return statuses;
}

for (const [kind, attack] of [
  ["is open", test],
  ["somebody is signed in to", closedTest],
] as const) {
  test.describe(`a machine that ${kind}`, () => {
    attack("is not made to act by another page", async ({ machine, site, page, context }) => {
      for (const { victim } of pairs(machine, site)) await signIn(page, victim);
      const expectUnchanged = await watch(machine);
      for (const { victim, attacker, careless } of pairs(machine, site)) {
        const statuses = followAnswers(context, victim);
        site.done.length = 0;
        await page.goto(attacker);
        for (const [by, send] of Object.entries(SENDS)) await send(page, victim, by);
        for (const [by, send] of Object.entries(SENDS)) await send(page, careless, by);
        await expect
          .poll(() => [...new Set(site.done)].sort(), { timeout: 20_000 })
          .toEqual(Object.keys(SENDS).sort());
        // Of forms; what a script asked for, the browser does not let it see.
        expect([...new Set(statuses)], `${attacker} to ${victim}`).toEqual([403]);
        await expectUnchanged();
      }
    });

    attack("is not read by another page", async ({ machine, site, page }) => {
      for (const { victim } of pairs(machine, site)) await signIn(page, victim);
      for (const { victim, attacker, careless } of pairs(machine, site)) {
        await page.goto(attacker);
        for (const [by, read] of Object.entries(READS)) {
          expect.soft(await page.evaluate(read, careless), by).toContain(SECRET);
          expect
            .soft(await page.evaluate(read, victim), `${by}: ${attacker} to ${victim}`)
            .toBe("");
        }
      }
    });

    attack("is not shown in the frame of another page", async ({ machine, site, page }) => {
      for (const { victim } of pairs(machine, site)) await signIn(page, victim);
      for (const { victim, attacker, careless } of pairs(machine, site)) {
        await page.goto(attacker);
        for (const path of ["/", "/login"]) await frame(page, victim + path);
        await frame(page, `${careless}/login`);
        await expect.poll(() => shownOf(page, careless)).toBe(3);
        expect(shownOf(page, victim), `${victim} in ${attacker}`).toBe(0);
      }
    });
  });
}

/** Shows an address in each way there is. Answers once all of them were asked for and answered. */
async function frame(page: Page, url: string): Promise<void> {
  let ended = 0;
  const count = (request: Request) => {
    if (request.url() === url) ended += 1;
  };
  page.on("requestfinished", count).on("requestfailed", count);
  await page.evaluate((target) => {
    document.body.append(
      Object.assign(document.createElement("iframe"), { src: target }),
      Object.assign(document.createElement("object"), { data: target, type: "text/html" }),
      Object.assign(document.createElement("embed"), { src: target, type: "text/html" }),
    );
  }, url);
  await expect.poll(() => ended).toBe(3);
  page.off("requestfinished", count).off("requestfailed", count);
}

const shownOf = (page: Page, origin: string) =>
  page.frames().filter((one) => one !== page.mainFrame() && one.url().startsWith(origin)).length;

test("a window that another page opened is not in its hands", async ({ machine, site, page }) => {
  for (const [origin, isKept] of [
    [machine.url, false],
    [originOf("other.example", site.port), true],
  ] as const) {
    await page.goto(originOf("localhost", site.port));
    const opened = page.context().waitForEvent("page");
    await page.evaluate((url) => {
      (globalThis as { opened?: Window | null }).opened = window.open(url);
    }, `${origin}/`);
    const popup = await opened;
    await popup.waitForURL(`${origin}/`);
    expect(await popup.evaluate(() => window.opener !== null)).toBe(isKept);
    const closed = () => page.evaluate(() => (globalThis as { opened?: Window }).opened?.closed);
    await expect.poll(closed).toBe(!isKept);
    await popup.close();
  }
});

test("a page whose name is led here once it runs gets nothing", async ({ machine, page }) => {
  const { port } = new URL(machine.url);
  const expectUnchanged = await watch(machine);
  const ask = () =>
    page.evaluate(async () => {
      const asked = [
        ["GET", "/api/services"],
        ["GET", "/"],
        ["GET", "/api/health"],
        ["POST", "/api/services/comfy/stop"],
      ] as const;
      return Promise.all(
        asked.map(async ([method, path]) => (await fetch(path, { method })).status),
      );
    });
  const rebound = originOf("rebound.example", port);
  expect((await page.goto(`${rebound}/`))?.status()).toBe(403);
  // As long as the name led to the attacker, their page came from there.
  await page.route(`${rebound}/attack`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
  );
  await page.goto(`${rebound}/attack`);
  expect(await ask()).toEqual([403, 403, 403, 403]);
  await expectUnchanged();

  await page.goto(machine.url);
  expect(await ask()).toEqual([200, 200, 200, 200]);
});
