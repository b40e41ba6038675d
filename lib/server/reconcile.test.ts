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
  ends?: Record<string, "rolled_back" | "cancelled" | "never">;
  unreachable?: string[];
  cutOff?: string[];
  /** A person has chosen something else for these before their turn came. */
  chosenAnew?: string[];
  /** Their sources never answer. */
  silent?: string[];
  dryRun?: boolean;
  deadlineMs?: number;
  /** supervisord does not answer. */
  isAway?: boolean;
};

async function reconcile(world: World) {
  const lines: string[] = [];
  const running = new Set<string>();
  const order: string[] = [];
  /** What has happened, with the releases in their place. */
  const events: string[] = [];
  const problems: string[] = [];
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
    isReady: async () => !world.isAway,
    mend: async (name) => {
      if (!world.cutOff?.includes(name)) return null;
      events.push(`${name} mended`);
      return { outcome: "Rolled back." } as JobRecord;
    },
    release: async (name) => void events.push(`${name} released`),
    noteProblem: async (sentence) => void problems.push(sentence),
    hasFailedBefore: async (name, target) => world.failedTarget?.[name] === target,
    names: () => ["comfy", "kohya", "invoke", "ai-toolkit"],
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
      if (world.chosenAnew?.includes(name)) return null;
      order.push(name);
      if ((name === "comfy" && running.has("kohya")) || (name === "kohya" && running.has("comfy")))
        overlap = true;
      running.add(name);
      const how = world.ends?.[name];
      let cancel = () => {};
      const ended = new Promise<JobRecord>((resolve) => {
        const end = (state: string, outcome: string) => {
          running.delete(name);
          events.push(`${name} ${state}`);
          const label = (exact: string) => ({ exact, branch: null, label: exact });
          const error = state === "rolled_back" ? "pip ended with 1." : null;
          const both = { before: label("old"), after: label(target ?? "new") };
          resolve({ state, outcome, error, ...both } as JobRecord);
        };
        cancel = () => end("cancelled", "Cancelled. It stays at old.");
        if (how === "rolled_back") setImmediate(end, "rolled_back", "Rolled back.");
        else if (how === "cancelled") setImmediate(cancel);
        else if (how !== "never") setImmediate(end, "done", "Done.");
      });
      return { cancel: async () => cancel(), ended };
    },
    say: (line) => lines.push(line),
    deadlines: { sourceMs: 200, serviceMs: world.deadlineMs ?? 5000, wholeMs: 10_000 },
    dryRun: world.dryRun ?? false,
  }).run();
  return { code, lines, order, overlap, events, problems };
}

describe("the reconcile at boot", () => {
  it("brings each service to its target, or to the newest", async () => {
    const { code, lines } = await reconcile({
      services: { comfy: {}, invoke: { target: "6.10.0" }, kohya: { autoUpdate: false } },
    });
    expect(lines.slice(0, -1).sort()).toEqual(["comfy: old to new", "invoke: old to 6.10.0"]);
    expect(lines.at(-1)).toBe(
      "Updates: 2 asked for, 2 changed, 0 already there, 0 failed, 0 skipped",
    );
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

  it("takes what a person has cancelled for no failure", async () => {
    const { code, lines } = await reconcile({
      services: { comfy: {} },
      ends: { comfy: "cancelled" },
    });
    expect(lines[0]).toBe("comfy: skipped by hand. Cancelled. It stays at old.");
    expect(code).toBe(0);
  });

  it("leaves alone what a person has chosen anew meanwhile", async () => {
    const services = { comfy: { target: "1.0" } };
    const { code, lines, order, events } = await reconcile({ services, chosenAnew: ["comfy"] });
    expect(lines[0]).toBe("comfy: skipped, something else was chosen meanwhile");
    expect({ code, order }).toEqual({ code: 0, order: [] });
    expect(events).toContain("comfy released");
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
    const world = { services: { comfy: {} }, cutOff: ["kohya"], dryRun: true, isAway: true };
    const { events, lines } = await reconcile(world);
    expect(events).toEqual([]);
    expect(lines[0]).toBe("comfy: would go from old to new");
  });

  it("begins nothing without supervisord, and says what that means where people look", async () => {
    const world = { services: { comfy: {} }, cutOff: ["kohya"], isAway: true };
    const { code, events, lines, problems } = await reconcile(world);
    expect({ code, events }).toEqual({ code: 2, events: [] });
    expect(problems).toEqual([expect.stringMatching(/^supervisord does not answer, so no update/)]);
    expect(lines).toEqual([`Updates: ${problems[0]}`]);
  });
});

describe("a service that waits for the reconcile", () => {
  it("is released when its own update is over, however it ended", async () => {
    const { events } = await reconcile({
      services: { invoke: {} },
      ends: { invoke: "rolled_back" },
    });
    const after = events.slice(events.indexOf("invoke rolled_back"));
    expect(after).toContain("invoke released");
    expect(events.filter((event) => event === "invoke released")).toHaveLength(1);
  });

  it("is not kept waiting for the update of another", async () => {
    const { events } = await reconcile({ services: { comfy: {} } });
    expect(events.indexOf("invoke released")).toBeLessThan(events.indexOf("comfy done"));
  });

  it("waits for the end of one that shares its environment", async () => {
    const { events } = await reconcile({ services: { comfy: {} } });
    expect(events.indexOf("kohya released")).toBeGreaterThan(events.indexOf("comfy done"));
  });

  it("is released where its source does not answer, and where its target failed before", async () => {
    const { events } = await reconcile({
      services: { invoke: {}, "ai-toolkit": {} },
      unreachable: ["invoke"],
      failedTarget: { "ai-toolkit": "new" },
    });
    expect(events).toEqual(
      expect.arrayContaining(["invoke released", "ai-toolkit released", "comfy released"]),
    );
  });

  it("is mended before the one that shares its environment is updated, and released after both", async () => {
    const { events } = await reconcile({ services: { comfy: {} }, cutOff: ["kohya"] });
    const shared = events.filter((event) => /^(comfy|kohya) /.test(event));
    expect(shared.slice(0, 2)).toEqual(["kohya mended", "comfy done"]);
    expect(shared.slice(2).sort()).toEqual(["comfy released", "kohya released"]);
  });
});
