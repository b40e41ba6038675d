import { expect, test } from "vitest";
import { createMonitor } from "./monitor";

function counted(answer: (call: number) => Promise<string>) {
  const starts: number[] = [];
  let open = 0;
  let mostAtOnce = 0;
  const monitor = createMonitor(async () => {
    starts.push(performance.now());
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    try {
      return await answer(starts.length);
    } finally {
      open -= 1;
    }
  });
  return { monitor, starts, mostAtOnce: () => mostAtOnce };
}

test("200 callers at once share one look", async () => {
  const { monitor, starts } = counted(async (call) => `look ${call}`);

  const answers = await Promise.all(Array.from({ length: 200 }, () => monitor.read()));

  expect(starts).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set(["look 1"]));
});

test("callers who never stop asking cost at most four looks in any second, never two at once", async () => {
  const { monitor, starts, mostAtOnce } = counted(async (call) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return `look ${call}`;
  });
  const end = performance.now() + 2200;

  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (performance.now() < end) {
        await monitor.read();
        monitor.invalidate();
      }
    }),
  );

  starts.slice(4).forEach((start, index) => {
    expect(start - (starts[index] ?? Number.NaN)).toBeGreaterThan(999);
  });
  expect(starts.length).toBeGreaterThanOrEqual(9);
  expect(mostAtOnce()).toBe(1);
});

test("after an invalidate nobody gets what was seen before it, not even from a look under way", async () => {
  let release = () => {};
  const { monitor } = counted((call) =>
    call === 1
      ? new Promise((resolve) => {
          release = () => resolve("before");
        })
      : Promise.resolve("after"),
  );

  const early = monitor.read();
  await new Promise((resolve) => setImmediate(resolve));
  monitor.invalidate();
  const late = monitor.read();
  release();

  expect(await early).toBe("before");
  expect(await late).toBe("after");
});

test("a failed look is shared too, and the next one is taken when it is due", async () => {
  const { monitor, starts } = counted(async (call) => {
    if (call === 1) throw new Error("away");
    return "back";
  });

  const first = await Promise.allSettled([monitor.read(), monitor.read()]);
  expect(first.map((result) => result.status)).toEqual(["rejected", "rejected"]);
  await expect(monitor.read()).rejects.toThrow("away");
  expect(starts).toHaveLength(1);
  expect(monitor.latest()).toBeNull();

  monitor.invalidate();
  await expect(monitor.read()).resolves.toBe("back");
  expect(monitor.latest()).toBe("back");
});

test("a witness is told of every look and of every reason for one, until it is witness no more", async () => {
  const { monitor } = counted(async (call) => {
    if (call === 1) throw new Error("away");
    return `look ${call}`;
  });
  const seen: (Promise<string> | "invalidated")[] = [];
  const leave = monitor.witness({
    onLook: (result) => seen.push(result),
    onInvalidate: () => seen.push("invalidated"),
  });

  await expect(monitor.read()).rejects.toThrow("away");
  monitor.invalidate();
  await Promise.all([monitor.read(), monitor.read()]);
  expect(await Promise.allSettled(seen)).toMatchObject([
    { status: "rejected" },
    { value: "invalidated" },
    { value: "look 2" },
  ]);
  leave();
  monitor.invalidate();
  await monitor.read();
  expect(seen).toHaveLength(3);
});
