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
    held: false,
    port: 5555,
    started_at: STARTED,
    ...service,
  } as Service;
  const act = vi.fn<Deps["act"]>(async () => null);
  const watch = vi.fn<Deps["health"]["watch"]>(async () => "up 30 s");
  const release = vi.fn<Deps["release"]>(async () => {});
  const log = "\u001b[31mImportError\u001b[0m\nHF_TOKEN=hf_abc\n\n";
  const deps: Deps = {
    find: async () => found,
    act,
    answers: async () => true,
    health: { watch },
    tailLog: async () => ({ log }) as LogTail,
    restartsAfterUpdate: async () => true,
    database: null,
    release,
    ...changes,
  };
  return { service: createUpdatedService("comfy", deps), act, watch, release };
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

  it("counts as stopped where supervisord has no program for it", async () => {
    const find = async () => {
      throw new AppError("not_found", "There is no service.");
    };
    const { service } = open({}, { find });
    expect(await service.capture()).toEqual({ state: "stopped", answeringPort: null });
  });

  it("names no port that does not answer", async () => {
    const { service } = open({}, { answers: async () => false });
    expect(await service.capture()).toEqual({ state: "running", answeringPort: null });
  });

  it.each([
    "RUNNING",
    "STARTING",
  ] as const)("only waited, where %s is its held launcher", async (state) => {
    const { service } = open({ state, held: true }, { answers: async () => false });
    expect(await service.capture()).toEqual({ state: "held", answeringPort: null });
  });

  it("ran all the same, where it is held and its port answers", async () => {
    const { service } = open({ held: true });
    expect(await service.capture()).toEqual({ state: "running", answeringPort: 5555 });
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

describe("one that is held", () => {
  const was = { state: "held", answeringPort: null } as const;
  const quiet = { answers: async () => false };

  it("is released and neither stopped nor started, after a copy of its database", async () => {
    const order: string[] = [];
    const database = {
      copy: async () => order.push("copy") > 0,
      restore: async () => {},
      restoreFrom: async () => {},
    };
    const release = async () => void order.push("release");
    const { service, act } = open({ held: true }, { ...quiet, database, release });
    expect(await service.restart(was, null)).toBe("it waited for this");
    expect(order).toEqual(["copy", "release"]);
    expect(act).not.toHaveBeenCalled();
  });

  it("starts also where restart_after_update is off, but not where somebody has stopped it", async () => {
    const off = { restartsAfterUpdate: async () => false };
    expect(await open({ held: true }, off).service.whyNotRestarted(was)).toBeNull();
    const { service } = open({ state: "STOPPED", running: false }, off);
    expect(await service.whyNotRestarted(was)).toBe("it was stopped meanwhile and stays so");
  });

  it("is restarted as any other where its launcher has gone on meanwhile", async () => {
    const { service, act } = open({ held: false });
    await service.restart(was, null);
    expect(act.mock.calls.map(([, action]) => action)).toEqual(["stop", "start"]);
  });

  it("is watched with its port, which may stay silent", async () => {
    const { service, watch } = open();
    await service.watch(was, () => {});
    expect(watch).toHaveBeenCalledWith(expect.objectContaining({ port: 5555, mayBeSilent: true }));
  });

  it("is released with every start, so that nothing waits for an update that is over", async () => {
    const { service, release, act } = open({ state: "STOPPED", running: false });
    await service.start();
    expect(release).toHaveBeenCalledTimes(1);
    expect(act).toHaveBeenCalledWith("comfy", "start");
  });
});

describe("one that is taken out of the config meanwhile", () => {
  const gone = async () => {
    throw new AppError("not_found", "There is no service.");
  };

  it("stays stopped, where it was held", async () => {
    const { service } = open({}, { find: gone });
    const was = { state: "held", answeringPort: null } as const;
    expect(await service.whyNotRestarted(was)).toBe("it was stopped meanwhile and stays so");
  });

  it("is down already, so that its files can be put back", async () => {
    await expect(open({}, { act: gone }).service.stop()).resolves.toBeUndefined();
  });
});

describe("whether somebody has restarted it meanwhile", () => {
  const was = { state: "running", answeringPort: null } as const;
  const started = Date.parse(STARTED);
  const later = (seconds: number) => new Date(started + seconds * 1000).toISOString();

  it.each([
    ["no: it runs since before", {}, started + 60_000, false],
    ["yes: it was started after", {}, started - 60_000, true],
    ["yes: it runs no more", { running: false }, started + 60_000, true],
  ])("%s", async (_title, found, since, expected) => {
    expect(await open(found).service.hasRestarted(was, since)).toBe(expected);
  });

  it.each([
    ["no: it waits, also after a boot", { held: true, started_at: later(60) }, "running", false],
    ["no: it waits still", { held: true }, "held", false],
    ["yes: it waits no more", {}, "held", true],
    ["yes: what it went on into is broken", { state: "FATAL", running: false }, "held", true],
    ["no: somebody has stopped it", { state: "STOPPED", running: false }, "held", false],
  ] as const)("%s", async (_title, found, state, expected) => {
    const { service } = open(found);
    expect(await service.hasRestarted({ state, answeringPort: null }, started)).toBe(expected);
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
