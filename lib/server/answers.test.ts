import { expect, test, vi } from "vitest";
import { createAnswers, DeadlineError, withDeadline } from "./answers";
import { deferred } from "./testing/update-fakes";

const settings = { keepMs: 1000, retryMs: 100, deadlineMs: 5000, now: () => 0 };
const plain = { about: "a", refresh: false };

test("an answer about something else is forgotten, and what asked for it is ended", async () => {
  const answers = createAnswers<string>(settings);
  const first = deferred<string>();
  let signal: AbortSignal | undefined;
  const before = answers.look("comfy", {
    ...plain,
    ask: (given) => {
      signal = given;
      return first.promise;
    },
  });
  const after = answers.look("comfy", { ...plain, about: "b", ask: async () => "of b" });
  expect(signal?.aborted).toBe(true);
  first.resolve("of a");
  await Promise.all([before.pending, after.pending]);
  expect(after.value).toBe("of b");
});

test("a failure is not asked about again before its time", async () => {
  let now = 0;
  const answers = createAnswers<string>({ ...settings, now: () => now });
  const ask = vi.fn(async (): Promise<string> => {
    throw new Error("away");
  });
  await answers.look("comfy", { ...plain, ask }).pending;
  now = 99;
  expect(answers.look("comfy", { ...plain, ask }).pending).toBeNull();
  now = 100;
  await answers.look("comfy", { ...plain, ask }).pending;
  expect(ask).toHaveBeenCalledTimes(2);
});

test("nothing is asked where it may not be", () => {
  const answer = createAnswers<string>(settings).look("comfy", { ...plain, ask: null });
  expect(answer).toMatchObject({ value: null, answeredAt: null, pending: null });
});

test("a deadline ends what does not listen to its signal", async () => {
  const never = new Promise<never>(() => {});
  await expect(withDeadline(() => never, 10)).rejects.toBeInstanceOf(DeadlineError);
});

test("what fails before the deadline fails with its own reason", async () => {
  const away = new Error("away");
  await expect(withDeadline(() => Promise.reject(away), 5000)).rejects.toBe(away);
});
