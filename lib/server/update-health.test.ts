import { describe, expect, it } from "vitest";
import type { Service } from "@/lib/contract/services";
import { AppError } from "./errors";
import { createHealth } from "./update-health";

const LIMITS = { windowMs: 30_000, deadlineMs: 600_000 };

type Moment = { state: Service["state"]; pid?: number; answers?: boolean; log?: number } | "away";

/** A service whose life is a function of the seconds since its start; time passes only in pauses. */
function watchLife(
  life: (second: number) => Moment,
  port: number | null = 5555,
  mayBeSilent = false,
) {
  let now = 0;
  const at = () => life(now / 1000);
  const details: string[] = [];
  const health = createHealth({
    limits: LIMITS,
    clock: () => now,
    pause: async (ms) => {
      now += ms;
    },
    find: async () => {
      const moment = at();
      if (moment === "away") throw new AppError("unavailable", "supervisord does not answer.");
      const { state, pid = 1 } = moment;
      const description = `it is ${state}`;
      return { name: "comfy", display: "Comfy UI", state, pid, description } as Service;
    },
    answers: async () => {
      const moment = at();
      return moment !== "away" && (moment.answers ?? true);
    },
    logMark: async () => {
      const moment = at();
      return String(moment === "away" ? 0 : (moment.log ?? 0));
    },
  });
  const onDetail = (detail: string) => details.push(detail);
  const end = health.watch({ name: "comfy", port, mayBeSilent, onDetail });
  return { end, details, seconds: () => now / 1000 };
}

describe("whether a service stays up", () => {
  it("is well after the window where its port answers", async () => {
    const watch = watchLife((second) => ({ state: "RUNNING", answers: second >= 7 }));
    expect(await watch.end).toBe("port 5555 answered after 7 s, up 30 s without an end");
    expect(watch.seconds()).toBe(30);
    expect(watch.details[0]).toBe("port 5555 does not answer yet, up 0 s of 30 s");
  });

  it("needs no port where none answered before", async () => {
    const watch = watchLife(() => ({ state: "RUNNING", answers: false }), null);
    expect(await watch.end).toBe("up 30 s without an end");
  });

  it("forgives one end, and then wants the whole window anew", async () => {
    const watch = watchLife((second) => ({ state: "RUNNING", pid: second < 20 ? 1 : 2 }));
    await watch.end;
    expect(watch.seconds()).toBe(50);
  });

  it("is broken when it crashes 20 s after each start", async () => {
    const watch = watchLife((second) => ({ state: "RUNNING", pid: Math.floor(second / 20) + 1 }));
    await expect(watch.end).rejects.toThrow(
      "Comfy UI does not stay up: it ended and was started again; then it ended and was started again.",
    );
    expect(watch.seconds()).toBe(40);
  });

  it("is broken at once when supervisord has given up", async () => {
    const watch = watchLife((second) => ({ state: second < 5 ? "STARTING" : "FATAL" }));
    await expect(watch.end).rejects.toThrow("does not stay up: it is FATAL.");
    expect(watch.seconds()).toBe(5);
  });

  it("is not judged by a supervisord that is away for a while", async () => {
    const watch = watchLife((second) => (second > 3 && second < 9 ? "away" : { state: "RUNNING" }));
    expect(await watch.end).toMatch(/without an end$/);
  });

  it("is too late when the port never answers", async () => {
    const watch = watchLife(() => ({ state: "RUNNING", answers: false }));
    await expect(watch.end).rejects.toThrow("runs, but port 5555 did not answer in 10 min.");
    expect(watch.seconds()).toBe(601);
  });

  it("is waited for where nobody knows whether its port ever answered, and is well without an answer", async () => {
    const silent = { state: "RUNNING", answers: false } as const;
    const watch = watchLife((second) => ({ ...silent, log: second }), 5555, true);
    expect(await watch.end).toBe("up 10 min without an end, and port 5555 does not answer");
    expect(watch.seconds()).toBe(601);

    const late = watchLife((second) => ({ state: "RUNNING", answers: second >= 90 }), 5555, true);
    expect(await late.end).toBe("port 5555 answered after 1 min, up 1 min without an end");

    const dying = watchLife((second) => ({ ...silent, pid: Math.floor(second / 90) }), 5555, true);
    await expect(dying.end).rejects.toThrow("does not stay up");
  });

  it("gets more time while its log still moves", async () => {
    const watch = watchLife((second) => ({
      state: "RUNNING",
      answers: second >= 1500,
      log: Math.floor(second / 30),
    }));
    expect(await watch.end).toMatch(/^port 5555 answered after 25 min/);
  });

  it("does not wait for ever for a log that never comes to rest", async () => {
    const watch = watchLife((second) => ({ state: "RUNNING", answers: false, log: second }));
    await expect(watch.end).rejects.toThrow("did not answer in 1 h");
  });

  it("ends at once when it is cancelled", async () => {
    const health = createHealth({
      limits: LIMITS,
      find: async () => ({ state: "RUNNING", pid: 1 }) as Service,
      answers: async () => false,
      logMark: async () => "",
    });
    const signal = AbortSignal.timeout(20);
    const end = health.watch({ name: "comfy", port: 1, signal, onDetail: () => {} });
    await expect(end).rejects.toThrow(/abort/i);
  });
});
