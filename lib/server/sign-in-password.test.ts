import { expect, test, vi } from "vitest";
import { createAccessStore } from "./access-store";
import type { AccessFile } from "./adapters/access-file";
import type { SecretsEnv } from "./adapters/secrets-env";
import { AppError } from "./errors";
import { createSignInPassword } from "./sign-in-password";

async function start(first: string | null | AppError) {
  let value = first;
  let change = () => {};
  const read = vi.fn<SecretsEnv["read"]>(async () => {
    if (value instanceof AppError) throw value;
    return value;
  });
  const watch = (onChange: () => void) => {
    change = onChange;
    return () => {};
  };
  const file: AccessFile = { read: async () => null, write: async () => {} };
  const report = vi.fn();
  const password = createSignInPassword({
    environment: "",
    secrets: { read, watch },
    store: createAccessStore({ file, report }),
    report,
  });
  const isClosedBeforeOpen = password.fault() !== null;
  await password.open();
  return {
    password,
    isClosedBeforeOpen,
    async becomes(next: string | null | AppError): Promise<void> {
      value = next;
      const count = read.mock.calls.length;
      change();
      await vi.waitFor(() => expect(read.mock.calls.length).toBeGreaterThan(count), 10_000);
      await Promise.allSettled(read.mock.results.map((result) => result.value));
      await new Promise(setImmediate);
    },
  };
}

test("nobody is let in before it is known whether there is a password", async () => {
  const { password, isClosedBeforeOpen } = await start(null);
  expect(isClosedBeforeOpen).toBe(true);
  expect(password.fault()).toBeNull();
});

test("a password that goes from the file counts until the server starts again", async () => {
  const { password, becomes } = await start("one");
  await becomes(null);
  expect(password.source()).toBe("secrets");
  expect(await password.isRight("one")).toBe(true);
  await becomes(new AppError("conflict", "It cannot be read."));
  expect(password.fault()).toBeNull();
  expect(await password.isRight("one")).toBe(true);
  await becomes("two");
  expect(await password.isRight("one")).toBe(false);
  expect(await password.isRight("two")).toBe(true);
});

test("a file that could not be read closes the door until it can be", async () => {
  const { password, becomes } = await start(new AppError("conflict", "It cannot be read."));
  expect(password.fault()).toBe("It cannot be read.");
  await becomes(null);
  expect(password.fault()).toBeNull();
  expect(password.source()).toBeNull();
  await becomes("one");
  expect(password.source()).toBe("secrets");
});
