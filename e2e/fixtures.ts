import { test as base } from "@playwright/test";
import { Machine } from "./machine";
import {
  createEnvironment,
  createUpdateMachine,
  type Environment,
  type UpdateMachine,
} from "./update-machine";

type Fixtures = { machine: Machine };

/** Every test has a machine of its own, so that it may break it. The page starts at its address. */
export const test = base.extend<Fixtures & { failOnPageErrors: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
  machine: async ({}, use) => {
    const machine = new Machine();
    await machine.start();
    await use(machine);
    await machine.end();
  },
  baseURL: async ({ machine }, use) => use(machine.url),
  /** A script error, or a breach of the content security policy, fails the test whatever it looks at. */
  failOnPageErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (/Content Security Policy|Minified React error|hydrat/i.test(message.text())) {
          errors.push(message.text());
        }
      });
      await use(undefined);
      // What a test changes on its way is asked for until its page is closed.
      await page.unrouteAll({ behavior: "ignoreErrors" });
      if (errors.length > 0) throw new Error(`The page had errors:\n${errors.join("\n")}`);
    },
    { auto: true },
  ],
});

/** For tests that disturb no other, and act on no service: after a minute each of them is guarded. */
export const calmTest = test.extend<object, { lasting: Machine }>({
  lasting: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
    async ({}, use) => {
      const machine = new Machine();
      await machine.start();
      await use(machine);
      await machine.end();
    },
    { scope: "worker" },
  ],
  machine: async ({ lasting }, use) => use(lasting),
});

/** For journeys of updates: `comfy` is the service to update, on a machine of its own. */
export const updateTest = test.extend<{ comfy: UpdateMachine }, { environment: Environment }>({
  environment: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
    async ({}, use) => {
      const environment = await createEnvironment();
      await use(environment);
      await environment.end();
    },
    { scope: "worker" },
  ],
  comfy: async ({ environment }, use) => {
    const comfy = await createUpdateMachine(environment);
    await use(comfy);
    await comfy.end();
  },
  machine: async ({ comfy }, use) => use(comfy.machine),
});

export { expect } from "@playwright/test";
