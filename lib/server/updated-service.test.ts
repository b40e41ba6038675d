import { describe, expect, it, vi } from "vitest";
import type { LogTail } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { AppError } from "./errors";
import { createUpdatedService } from "./updated-service";

type Deps = Parameters<typeof createUpdatedService>[1];

const STARTED = "2026-11-23T10:00:00.000Z";

function open(service: Partial<Service> = {}, changes: Partial<Deps> = {}) {
  const found = {
    state: "RUNNING",
    running: true,
    port: 5555,
    started_at: STARTED,
    ...service,
  } as Service;
  const act = vi.fn<Deps["act"]>(async () => null);
  const watch = vi.fn<Deps["health"]["watch"]>(async () => "up 30 s");
  const log = "\u001b[31mImportError\u001b[0m\nHF_TOKEN=hf_abc\n\n";
  const deps: Deps = {
    find: async () => found,
    act,
    answers: async () => true,
    health: { watch },
    tailLog: async () => ({ log }) as LogTail,
    restartsAfterUpdate: async () => true,
    database: null,
    isBoot: false,
    ...changes,
  };
  return { service: createUpdatedService("comfy", deps), act, watch };
}

describe("what a service did before its update", () => {
  it.each([
    ["RUNNING", "running", 5555],
    ["STARTING", "running", 5555],
    ["BACKOFF", "broken", null],
    ["FATAL", "stopped", null],
    ["STOPPED", "stopped", null],
    ["EXITED", "stopped", null],
  ] as const)("%s counts as %s", async (state, was, answeringPort) => {
    expect(await open({ state }).service.capture()).toEqual({ state: was, answeringPort });
  });

  it("names no port that does not answer", async () => {
    const { service } = open({}, { answers: async () => false });
    expect(await service.capture()).toEqual({ state: "running", answeringPort: null });
  });

  it("is not asked before supervisord has started", async () => {
    const { service, act } = open({}, { isBoot: true });
    expect(await service.capture()).toEqual({ state: "stopped", answeringPort: null });
    await service.stop();
    await service.start();
    expect(act).not.toHaveBeenCalled();
  });
});

describe("whether it is restarted", () => {
  const running = { state: "running", answeringPort: null } as const;

  it("is, where it ran", async () => {
    expect(await open().service.whyNotRestarted(running)).toBeNull();
  });

  it("is not where it was stopped, or where the user does not want it", async () => {
    const was = { state: "stopped", answeringPort: null } as const;
    expect(await open().service.whyNotRestarted(was)).toBe("it was stopped and stays so");
    const { service } = open({}, { restartsAfterUpdate: async () => false });
    expect(await service.whyNotRestarted(running)).toBe("restart_after_update is off");
  });

  it("forgives one that was broken before and still is", async () => {
    const act = vi.fn<Deps["act"]>(async (_name, action) => {
      if (action === "start") throw new AppError("conflict", "It did not start.");
    });
    const { service } = open({}, { act });
    await service.restart({ state: "broken", answeringPort: null }, null);
    await expect(service.restart(running, null)).rejects.toThrow("It did not start.");
  });

  it("copies its database while it is down", async () => {
    const order: string[] = [];
    const { service } = open(
      {},
      {
        act: async (_name, action) => order.push(action),
        database: {
          copy: async () => order.push("copy") > 0,
          restore: async () => {},
          restoreFrom: async (job) => void order.push(`restore ${job}`),
        },
      },
    );
    await service.restart(running, "job-1");
    expect(order).toEqual(["stop", "copy", "restore job-1", "start"]);
  });
});

describe("whether somebody has restarted it meanwhile", () => {
  const was = { state: "running", answeringPort: null } as const;
  const started = Date.parse(STARTED);

  it.each([
    ["no: it runs since before", {}, started + 60_000, false],
    ["yes: it was started after", {}, started - 60_000, true],
    ["yes: it runs no more", { running: false }, started + 60_000, true],
  ])("%s", async (_title, found, since, expected) => {
    expect(await open(found).service.hasRestarted(was, since)).toBe(expected);
  });

  it("is not known where supervisord cannot be asked", async () => {
    const find = async () => {
      throw new AppError("unavailable", "supervisord does not answer.");
    };
    expect(await open({}, { find }).service.hasRestarted(was, started)).toBe(false);
  });
});

it("tells the last lines without colours and secrets", async () => {
  expect(await open().service.failedLog()).toEqual(["ImportError", "HF_TOKEN=•••"]);
});
