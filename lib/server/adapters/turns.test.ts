import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createTurns } from "./turns";

const never = new AbortController().signal;

/** Work that goes on until it is told to end. */
function held(log: string[], name: string) {
  let end: () => void = () => {};
  const work = () =>
    new Promise<string>((resolve) => {
      log.push(name);
      end = () => resolve(name);
    });
  return { work, end: () => end() };
}

test("work begins in its order as soon as there is room, whatever became of the work before", async () => {
  const turns = createTurns(2, 10);
  const begun: string[] = [];
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => held(begun, name)) as [
    ReturnType<typeof held>,
    ReturnType<typeof held>,
    ReturnType<typeof held>,
    ReturnType<typeof held>,
  ];
  const all = [a, b, c, d].map(({ work }) => turns.take(never, work));
  const broken = () => Promise.reject(new Error("broken"));
  const failing = expect(turns.take(never, broken)).rejects.toThrow("broken");
  const after = turns.take(never, async () => "after");
  await nextTurn();
  expect(begun).toEqual(["a", "b"]);

  b.end();
  expect(await all[1]).toBe("b");
  await nextTurn();
  expect(begun).toEqual(["a", "b", "c"]);
  a.end();
  c.end();
  await nextTurn();
  d.end();

  await failing;
  expect(await after).toBe("after");
});

test("who leaves while waiting never begins, and makes room in the queue", async () => {
  const turns = createTurns(1, 1);
  const begun: string[] = [];
  const first = held(begun, "first");
  const running = turns.take(never, first.work);
  const leaving = new AbortController();
  const waiting = turns.take(leaving.signal, held(begun, "second").work);

  await expect(turns.take(never, async () => "third")).rejects.toMatchObject({
    code: "unavailable",
  });
  leaving.abort();
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
  await expect(turns.take(leaving.signal, async () => "gone")).rejects.toMatchObject({
    code: "unavailable",
  });
  const fourth = turns.take(never, async () => "fourth");
  first.end();

  expect(await running).toBe("first");
  expect(await fourth).toBe("fourth");
  expect(begun).toEqual(["first"]);
});
