import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { newJobId } from "./adapters/job-folders";
import { tailOutput } from "./adapters/job-output";
import type { JobErrand } from "./adapters/job-process";
import { createJobStore } from "./adapters/job-store";
import { readLog } from "./adapters/log-file";
import { createUpdateAudit } from "./adapters/update-audit";
import { AppError } from "./errors";
import { JobRecord, toAuditEntry } from "./update-record";
import { createUpdates } from "./updates";

const dirs: string[] = [];

afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});

/** Updates over real files; the processes that would do the work are only noted. */
async function compose() {
  const dir = await mkdtemp(join(tmpdir(), "cp-updates-"));
  dirs.push(dir);
  const world = {
    now: Date.parse("2026-11-23T10:15:00Z"),
    launched: [] as [JobErrand, string][],
    launchFails: false,
    configError: null as string | null,
    isInstalled: true,
    isHere: true,
    working: new Set<string>(),
  };
  const store = createJobStore<JobRecord>(join(dir, "jobs"), JobRecord);
  const audit = createUpdateAudit(join(dir, "audit.jsonl"));
  const updates = createUpdates({
    store,
    audit,
    newId: () => {
      world.now += 1000;
      return newJobId(new Date(world.now));
    },
    launch: async (errand, { id }) => {
      if (world.launchFails) throw new AppError("conflict", "The process cannot be started.");
      world.launched.push([errand, id]);
    },
    isHere: async () => world.isHere,
    isWorking: ({ id }) => world.working.has(id),
    sharing: async (name) => (name === "invoke" ? ["ai-toolkit"] : []),
    requireInstalled: async () => {
      if (!world.isInstalled) throw new AppError("conflict", "It is not installed.");
    },
    checkConfig: async () => {
      if (world.configError) throw new AppError("conflict", world.configError);
    },
    output: tailOutput,
    readOutput: readLog,
    report: (error) => {
      throw error;
    },
    clock: () => world.now,
  });

  async function end(name: string, changes: Partial<JobRecord>): Promise<JobRecord> {
    const record = await store.latest(name);
    if (!record) throw new Error(`${name} has no job`);
    const at = (exact: string) => ({ exact, branch: "main", label: `main@${exact}` });
    const ended: JobRecord = {
      ...record,
      state: "done",
      before: at("old"),
      after: at("new"),
      endedAt: world.now,
      audited: true,
      changed: (changes.state ?? "done") === "done",
      ...changes,
    };
    await store.write(ended);
    if (ended.state !== "running") await audit.append(toAuditEntry(ended));
    return ended;
  }

  return { world, store, updates, end };
}

describe("starting an update", () => {
  it("answers the job at once, and a process of its own does it", async () => {
    const { updates, world } = await compose();
    const job = await updates.start("comfy", { target_version: "v1.2" });
    expect(job).toMatchObject({
      name: "comfy",
      state: "running",
      target_version: "v1.2",
      trigger: "user",
      started_at: world.now / 1000,
    });
    expect(job.steps.map(({ state }) => state)).toEqual(Array(8).fill("pending"));
    expect(world.launched).toEqual([["run", job.id]]);
  });

  it("answers the same job to a second start, also at the same moment", async () => {
    const { updates, world } = await compose();
    const [first, second] = await Promise.all([
      updates.start("comfy", {}),
      updates.start("comfy", {}),
    ]);
    const third = await updates.start("comfy", {});
    expect([second.id, third.id]).toEqual([first.id, first.id]);
    expect(world.launched).toHaveLength(1);
  });

  it("refuses what it does not know, and what the image brings", async () => {
    const { updates } = await compose();
    await expect(updates.start("nonsense", {})).rejects.toMatchObject({ code: "not_found" });
    await expect(updates.start("jupyter", {})).rejects.toMatchObject({ code: "conflict" });
  });

  it("refuses while another service in the same environment is being updated", async () => {
    const { updates } = await compose();
    await updates.start("ai-toolkit", {});
    await expect(updates.start("invoke", {})).rejects.toThrow(
      "AI Toolkit is being updated, and Invoke AI works in the same Python environment.",
    );
  });

  it("refuses what is not installed, and leaves no job behind", async () => {
    const { updates, world } = await compose();
    world.isInstalled = false;
    await expect(updates.start("comfy", {})).rejects.toThrow("It is not installed.");
    expect(await updates.status("comfy")).toEqual({ name: "comfy", state: "idle" });
  });

  it("refuses where the config cannot be read, and leaves no job behind", async () => {
    const { updates, world } = await compose();
    world.configError = "service-updates.toml cannot be used: line 3, column 1: no value.";
    await expect(updates.start("comfy", {})).rejects.toThrow("line 3, column 1");
    expect(await updates.status("comfy")).toEqual({ name: "comfy", state: "idle" });
  });

  it("leaves no job that runs for ever where its process cannot be started", async () => {
    const { updates, world } = await compose();
    world.launchFails = true;
    await expect(updates.start("comfy", {})).rejects.toThrow("The process cannot be started.");
    expect(await updates.status("comfy")).toMatchObject({
      state: "error",
      error: "The process cannot be started.",
    });
  });
});

describe("a job that was cut off", () => {
  it("is brought to its end by another process, which is started once", async () => {
    const { updates, world, end } = await compose();
    const { id } = await updates.start("comfy", {});
    await end("comfy", { state: "running", endedAt: null, process: "4711 1 boot", pid: 4711 });
    expect(await updates.status("comfy")).toMatchObject({ state: "running" });
    await updates.status("comfy");
    expect(world.launched).toEqual([
      ["run", id],
      ["recover", id],
    ]);
  });

  it("is left alone while its process works", async () => {
    const { updates, world, end } = await compose();
    const { id } = await updates.start("comfy", {});
    await end("comfy", { state: "running", endedAt: null, process: "4711 1 boot", pid: 4711 });
    world.working.add(id);
    await updates.status("comfy");
    expect(world.launched).toHaveLength(1);
  });

  it("counts as cut off when its process never said who it is", async () => {
    const { updates, world } = await compose();
    const { id } = await updates.start("comfy", {});
    world.now += 60_000;
    await updates.status("comfy");
    expect(world.launched).toEqual([
      ["run", id],
      ["recover", id],
    ]);
  });

  it("is found when the server starts, also behind a newer one", async () => {
    const { updates, world, store, end } = await compose();
    const { id } = await updates.start("comfy", {});
    const cutOff = await end("comfy", {
      endedAt: null,
      state: "running",
      process: "1 1 boot",
      pid: 1,
    });
    await store.create({ ...cutOff, id: newJobId(new Date(world.now + 5000)), endedAt: world.now });
    await updates.recover();
    expect(world.launched).toContainEqual(["recover", id]);
  });

  it("is forgotten with the machine that was left half done", async () => {
    const { updates, world, end } = await compose();
    await updates.start("comfy", {});
    await end("comfy", { state: "error", whole: false, touched: true });
    await updates.recover();
    expect(await updates.status("comfy")).toMatchObject({ whole: false });
    world.isHere = false;
    await updates.recover();
    expect(await updates.status("comfy")).toMatchObject({ whole: true });
  });

  it("is found when the server starts, also when only its audit line is missing", async () => {
    const { updates, world, end } = await compose();
    await updates.start("comfy", {});
    const { id } = await end("comfy", { audited: false });
    await updates.recover();
    expect(world.launched.at(-1)).toEqual(["recover", id]);
  });
});

describe("rolling back", () => {
  it("goes back to what was there before the last update that changed something", async () => {
    const { updates, store, end } = await compose();
    const first = await updates.start("comfy", {});
    await writeFile(store.pathOf("comfy", first.id, "snapshot.json"), "{}");
    await end("comfy", {});
    await updates.start("comfy", {});
    await end("comfy", { state: "rolled_back" });
    const job = await updates.rollback("comfy", {});
    expect(job).toMatchObject({ trigger: "rollback", state: "running" });
    expect((await store.latest("comfy"))?.request.rollbackTo).toBe(first.id);
  });

  it("says so where nothing is kept to go back to", async () => {
    const { updates } = await compose();
    await expect(updates.rollback("comfy", {})).rejects.toThrow(
      "Nothing is kept that comfy could go back to.",
    );
  });

  it("mends a job that could not be put back, rather than starting another one", async () => {
    const { updates, world, end } = await compose();
    const { id } = await updates.start("comfy", {});
    await end("comfy", { state: "error", whole: false, touched: true });
    const job = await updates.rollback("comfy", {});
    expect(job).toMatchObject({ id, state: "running" });
    expect(world.launched.at(-1)).toEqual(["recover", id]);
  });

  it("marks an update that follows one that was not put back", async () => {
    const { updates, store, end } = await compose();
    await updates.start("comfy", {});
    await end("comfy", { state: "error", whole: false });
    await updates.start("comfy", {});
    expect(await store.latest("comfy")).toMatchObject({ mends: true });
  });
});

describe("what people see of jobs", () => {
  it("cancels the one that runs, and no other", async () => {
    const { updates, store, end } = await compose();
    await expect(updates.cancel("comfy")).rejects.toMatchObject({ code: "not_found" });
    const { id } = await updates.start("comfy", {});
    expect(await updates.cancel("comfy")).toMatchObject({ id, cancelling: true });
    expect(await store.isCancelRequested("comfy", id)).toBe(true);
    await end("comfy", {});
    await expect(updates.cancel("comfy")).rejects.toThrow("No update of comfy is running.");
  });

  it("shows the end of the output with the job, and all of it as a log", async () => {
    const { updates, store } = await compose();
    const { id } = await updates.start("comfy", {});
    await expect(updates.log("comfy", { reveal: false })).rejects.toMatchObject({
      code: "not_found",
    });
    await writeFile(
      store.pathOf("comfy", id, "output.log"),
      "$ git fetch\n\u001b[32mdone\u001b[0m\n",
    );
    expect(await updates.status("comfy")).toMatchObject({
      last_line: "done",
      output_tail: ["$ git fetch", "\u001b[32mdone\u001b[0m"],
    });
    const log = await updates.log("comfy", { job: id, reveal: false });
    expect(await new Response(log.body).text()).toContain("$ git fetch\n");
  });

  it("lists the newest job of each service, without output", async () => {
    const { updates } = await compose();
    await updates.start("comfy", {});
    await updates.start("kohya", {});
    const jobs = await updates.jobs();
    expect(jobs.map(({ name, output_tail }) => [name, output_tail])).toEqual([
      ["comfy", []],
      ["kohya", []],
    ]);
  });

  it("tells in the history what can be read and what one can go back from", async () => {
    const { updates, store, end } = await compose();
    const { id } = await updates.start("comfy", {});
    await writeFile(store.pathOf("comfy", id, "snapshot.json"), "{}");
    await end("comfy", {});
    await updates.start("kohya", {});
    await end("kohya", { state: "rolled_back", error: "it crashed." });
    expect(await updates.history({ limit: 10 })).toMatchObject([
      { service: "kohya", state: "rolled_back", error: "it crashed.", can_roll_back: false },
      { service: "comfy", display: "Comfy UI", state: "done", has_log: true, can_roll_back: true },
    ]);
    expect(await updates.history({ service: "comfy", limit: 10 })).toHaveLength(1);
  });

  it("knows what failed since the last update that went well", async () => {
    const { updates, end } = await compose();
    const target = { exact: "bad", branch: "main", label: "main@bad" };
    await updates.start("comfy", {});
    await end("comfy", { state: "rolled_back", target, error: "it crashed." });
    await updates.start("comfy", {});
    await end("comfy", { state: "cancelled", target });
    await updates.start("comfy", {});
    await end("comfy", { state: "rolled_back", target, interrupted: true });
    expect(await updates.failures("comfy")).toMatchObject([
      { target: "bad", error: "it crashed." },
    ]);
    await updates.start("comfy", {});
    await end("comfy", {});
    expect(await updates.failures("comfy")).toEqual([]);
  });

  it("asks for a service to be left alone from the moment that the job changes something", async () => {
    const { updates, end } = await compose();
    expect(await updates.busyWith("comfy")).toBeNull();
    await updates.start("comfy", {});
    expect(await updates.busyWith("comfy")).toBeNull();
    await end("comfy", { state: "running", endedAt: null, touched: true });
    expect(await updates.busyWith("comfy")).toMatch(/^Comfy UI is being updated/);
    await end("comfy", { touched: false });
    expect(await updates.busyWith("comfy")).toBeNull();
  });
});
