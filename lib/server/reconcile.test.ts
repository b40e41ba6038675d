import { describe, expect, it } from "vitest";
import type { UpdatePlan } from "@/lib/contract/updates";
import type { UpdateEntry } from "./adapters/updates-config";
import { AppError } from "./errors";
import { createReconcile } from "./reconcile";
import type { JobRecord } from "./update-record";

type World = {
  enabled?: boolean;
  services: Record<string, Partial<UpdateEntry>>;
  /** The version each service is at; the newest is always "new". */
  at?: Record<string, string>;
  failedTarget?: Record<string, string>;
  /** Ends this way instead of well. */
  ends?: Record<string, "rolled_back" | "never">;
  unreachable?: string[];
  cutOff?: string[];
  /** Their sources never answer. */
  silent?: string[];
  dryRun?: boolean;
  deadlineMs?: number;
};

async function reconcile(world: World) {
  const lines: string[] = [];
  const running = new Set<string>();
  const order: string[] = [];
  let overlap = false;
  const services = new Map(
    Object.entries(world.services).map(([name, entry]) => [
      name,
      { autoUpdate: true, target: null, skip: null, ...entry },
    ]),
  );
  const code = await createReconcile({
    readConfig: async () => ({
      enabled: world.enabled ?? true,
      restartAfterUpdate: true,
      services,
    }),
    sharing: async (name) => ({ comfy: ["kohya"], kohya: ["comfy"] })[name] ?? [],
    mend: async (name) =>
      world.cutOff?.includes(name) ? ({ outcome: "Rolled back." } as JobRecord) : null,
    hasFailedBefore: async (name, target) => world.failedTarget?.[name] === target,
    names: () => ["comfy", "kohya"],
    plan: async (name, target) => {
      if (world.silent?.includes(name)) await new Promise(() => {});
      if (world.unreachable?.includes(name))
        throw new AppError("unavailable", "github.com did not answer.");
      const to = target ?? "new";
      const from = world.at?.[name] ?? "old";
      return {
        from,
        to,
        target: to,
        nothing_to_do: from === to,
        blockers: [] as string[],
      } as UpdatePlan;
    },
    update: async (name, target) => {
      order.push(name);
      if ((name === "comfy" && running.has("kohya")) || (name === "kohya" && running.has("comfy")))
        overlap = true;
      running.add(name);
      const how = world.ends?.[name];
      let cancel = () => {};
      const ended = new Promise<JobRecord>((resolve) => {
        const end = (state: string, outcome: string) => {
          running.delete(name);
          const label = (exact: string) => ({ exact, branch: null, label: exact });
          const error = state === "rolled_back" ? "pip ended with 1." : null;
          const both = { before: label("old"), after: label(target ?? "new") };
          resolve({ state, outcome, error, ...both } as JobRecord);
        };
        cancel = () => end("cancelled", "Cancelled. It stays at old.");
        if (how === "rolled_back") setImmediate(end, "rolled_back", "Rolled back.");
        else if (how !== "never") setImmediate(end, "done", "Done.");
      });
      return { cancel: async () => cancel(), ended };
    },
    say: (line) => lines.push(line),
    deadlines: { sourceMs: 200, serviceMs: world.deadlineMs ?? 5000, wholeMs: 10_000 },
    dryRun: world.dryRun ?? false,
  }).run();
  return { code, lines, order, overlap };
}

describe("the reconcile at boot", () => {
  it("brings each service to its target, or to the newest", async () => {
    const { code, lines } = await reconcile({
      services: { comfy: {}, invoke: { target: "6.10.0" }, kohya: { autoUpdate: false } },
    });
    expect(lines).toEqual([
      "comfy: old to new",
      "invoke: old to 6.10.0",
      "Updates: 2 asked for, 2 changed, 0 already there, 0 failed, 0 skipped",
    ]);
    expect(code).toBe(0);
  });

  it("starts no job for what is there already", async () => {
    const { code, order, lines } = await reconcile({
      services: { comfy: {} },
      at: { comfy: "new" },
    });
    expect(order).toEqual([]);
    expect(lines[0]).toBe("comfy: is at new already");
    expect(code).toBe(0);
  });

  it("does nothing where it is not enabled", async () => {
    const { code, lines } = await reconcile({ enabled: false, services: { comfy: {} } });
    expect(lines).toEqual(["Updates: not enabled, nothing is re-applied"]);
    expect(code).toBe(0);
  });

  it("reports what it does not know, and what the image brings", async () => {
    const { code, lines } = await reconcile({ services: { jupyter: {}, nonsense: {} } });
    expect(lines.slice(0, 2)).toEqual([
      "jupyter: skipped, it is part of the image",
      "nonsense: skipped, there is no such service",
    ]);
    expect(code).toBe(0);
  });

  it("goes on with the others when one fails", async () => {
    const { code, lines } = await reconcile({
      services: { comfy: {}, "ai-toolkit": {}, invoke: {} },
      ends: { comfy: "rolled_back" },
      unreachable: ["ai-toolkit"],
    });
    expect(lines).toContain("comfy: failed: pip ended with 1. Rolled back.");
    expect(lines).toContain("ai-toolkit: failed: github.com did not answer.");
    expect(lines).toContain("invoke: old to new");
    expect(lines.at(-1)).toBe(
      "Updates: 3 asked for, 1 changed, 0 already there, 2 failed, 0 skipped",
    );
    expect(code).toBe(1);
  });

  it("cancels what takes too long", async () => {
    const { code, lines } = await reconcile({
      services: { comfy: {} },
      ends: { comfy: "never" },
      deadlineMs: 30,
    });
    expect(lines[0]).toBe("comfy: failed: took too long. Cancelled. It stays at old.");
    expect(code).toBe(1);
  });

  it("mends what was cut off, also where nothing is to be re-applied", async () => {
    const { lines } = await reconcile({ enabled: false, services: {}, cutOff: ["kohya"] });
    expect(lines).toEqual(["kohya: Rolled back.", "Updates: not enabled, nothing is re-applied"]);
  });

  it("waits for several dead sources no longer than for one", async () => {
    const began = performance.now();
    const services = { comfy: {}, kohya: {}, invoke: {} };
    const { code, lines } = await reconcile({ services, silent: ["comfy", "kohya"] });
    expect(lines).toContain("comfy: failed: its source did not answer in time");
    expect(lines).toContain("invoke: old to new");
    expect(performance.now() - began).toBeLessThan(390);
    expect(code).toBe(1);
  });

  it("does not try the newest again that failed before, but does what it is told by name", async () => {
    const services = { comfy: {}, invoke: { target: "new" } };
    const { lines } = await reconcile({ services, failedTarget: { comfy: "new", invoke: "new" } });
    expect(lines).toContain("comfy: skipped, new failed before");
    expect(lines).toContain("invoke: old to new");
  });

  it("takes services of one environment one after the other", async () => {
    const { overlap, order } = await reconcile({ services: { comfy: {}, invoke: {}, kohya: {} } });
    expect(overlap).toBe(false);
    expect(order).toHaveLength(3);
  });

  it("changes nothing in a dry run, and says what it would", async () => {
    const { order, lines } = await reconcile({ services: { comfy: {} }, dryRun: true });
    expect(order).toEqual([]);
    expect(lines[0]).toBe("comfy: would go from old to new");
  });
});
