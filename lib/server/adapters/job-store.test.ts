import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { newJobId } from "./job-folders";
import { createJobStore } from "./job-store";

const Job = z.object({ id: z.string(), name: z.string(), state: z.string() });
type Job = z.infer<typeof Job>;

let folder: string;
let dir: string;
const store = () => createJobStore(dir, Job);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "job-store-"));
  dir = join(folder, "state", "updates");
});

afterEach(() => rmSync(folder, { recursive: true }));

function job(second: number, state = "running", name = "comfy"): Job {
  return { id: `20261123T1015${String(second).padStart(2, "0")}-abc123`, name, state };
}

async function createJobs(...seconds: number[]): Promise<Job[]> {
  const jobs = seconds.map((second) => job(second));
  for (const one of jobs) await store().create(one);
  return jobs;
}

test("ids tell the time in UTC, and no two are the same", () => {
  const now = new Date("2026-11-23T10:15:00.987Z");
  expect(newJobId(now)).toMatch(/^20261123T101500-[0-9a-z]{6}$/);
  expect(newJobId(now)).not.toBe(newJobId(now));
  const times = [0, 9, 35, 36, 999, 1000].map((ms) => new Date(now.getTime() - 987 + ms));
  const ids = times.map(newJobId);
  expect(ids.toSorted()).toEqual(ids);
});

describe("a job", () => {
  test("is there from its creation on, for this user only", async () => {
    await store().create(job(0));
    expect(await store().read("comfy", job(0).id)).toEqual(job(0));
    expect(await store().latest("comfy")).toEqual(job(0));
    for (const path of [dir, join(dir, "comfy"), join(dir, "comfy", job(0).id)]) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
    expect(statSync(store().pathOf("comfy", job(0).id, "job.json")).mode & 0o777).toBe(0o600);
  });

  test("cannot be created twice", async () => {
    await store().create(job(0));
    await expect(store().create(job(0, "again"))).rejects.toMatchObject({ code: "conflict" });
    expect((await store().latest("comfy"))?.state).toBe("running");
  });

  test("holds what was written last, however many writes are under way", async () => {
    const one = store();
    await one.create(job(0));
    const states = Array.from({ length: 30 }, (_, index) => `state ${index}`);
    const done: string[] = [];
    await Promise.all(states.map((state) => one.write(job(0, state)).then(() => done.push(state))));
    expect(done).toEqual(states);
    expect((await one.read("comfy", job(0).id))?.state).toBe("state 29");
    expect(readdirSync(join(dir, "comfy", job(0).id))).toEqual(["job.json"]);
  });

  test("keeps its other files beside it", async () => {
    await store().create(job(0));
    const file = store().file<{ head: string }>("comfy", job(0).id, "snapshot.json");
    expect(await file.read()).toBeNull();
    await expect(file.need()).rejects.toMatchObject({ code: "not_found" });
    await file.write({ head: "123a787" });
    expect(await file.need()).toEqual({ head: "123a787" });
    expect(await store().has("comfy", job(0).id, "snapshot.json")).toBe(true);
    expect(await store().has("comfy", job(0).id, "staged.json")).toBe(false);
    writeFileSync(store().pathOf("comfy", job(0).id, "snapshot.json"), '{"head":');
    await expect(file.read()).rejects.toThrow("is damaged");
  });

  test("can be asked to end", async () => {
    await store().create(job(0));
    expect(await store().isCancelRequested("comfy", job(0).id)).toBe(false);
    await store().requestCancel("comfy", job(0).id);
    await store().requestCancel("comfy", job(0).id);
    expect(await store().isCancelRequested("comfy", job(0).id)).toBe(true);
    await expect(store().requestCancel("comfy", job(1).id)).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("where there are none", () => {
  test("nothing is found and nothing made", async () => {
    expect(await store().read("comfy", job(0).id)).toBeNull();
    expect(await store().latest("comfy")).toBeNull();
    expect(await store().list("comfy")).toEqual([]);
    expect(await store().listAll()).toEqual([]);
    await store().prune("comfy", () => false);
    expect(existsSync(dir)).toBe(false);
  });

  test.each([
    ["..", "20261123T101500-abc123"],
    [".", "20261123T101500-abc123"],
    ["a/b", "20261123T101500-abc123"],
    ["-x", "20261123T101500-abc123"],
    ["a\u0000", "20261123T101500-abc123"],
    ["comfy\n", "20261123T101500-abc123"],
    ["comfy", ".."],
    ["comfy", "20261123T101500-abc123/.."],
    ["comfy", "20261123T101500-ABC123"],
    ["comfy", "20261123T101500-abc123\n"],
    ["comfy", ""],
  ])("no path comes from %j and %j", async (name, id) => {
    const none = { code: "not_found" };
    await expect(store().read(name, id)).rejects.toMatchObject(none);
    await expect(store().requestCancel(name, id)).rejects.toMatchObject(none);
    await expect(store().create({ id, name, state: "x" })).rejects.toMatchObject(none);
    expect(() => store().pathOf(name, id, "job.json")).toThrow();
    expect(() => store().pathOf("comfy", job(0).id, "../job.json")).toThrow();
    expect(existsSync(dir)).toBe(false);
  });
});

describe("many jobs", () => {
  test("come newest first", async () => {
    const [a, b, c] = await createJobs(1, 3, 2);
    await store().create(job(9, "done", "kohya"));
    expect(await store().list("comfy")).toEqual([b, c, a]);
    expect(await store().latest("comfy")).toEqual(b);
    expect((await store().listAll()).map(({ name }) => name).sort()).toEqual([
      "comfy",
      "comfy",
      "comfy",
      "kohya",
    ]);
  });

  test.each([
    ["torn", '{"id": "20261123T1015'],
    ["empty", ""],
    ["of another version", '{"id":"x","name":"comfy"}'],
  ])("one whose record is %s stands apart and hides no other", async (_title, content) => {
    const [a, b] = await createJobs(1, 2);
    await store().create(job(3));
    writeFileSync(store().pathOf("comfy", job(3).id, "job.json"), content);
    expect(await store().list("comfy")).toEqual([b, a]);
    expect(await store().latest("comfy")).toEqual(b);
    expect(await store().listAll()).toHaveLength(2);
    const path = store().pathOf("comfy", job(3).id, "job.json");
    expect(await store().listUnreadable("comfy")).toEqual([
      { id: job(3).id, reason: expect.stringContaining(path) },
    ]);
    await expect(store().read("comfy", job(3).id)).rejects.toMatchObject({ code: "conflict" });
    await store().prune("comfy", () => false);
    expect(readdirSync(join(dir, "comfy"))).toEqual([job(3).id]);
  });

  test("other files and folders are none of them", async () => {
    const [a] = await createJobs(1);
    mkdirSync(join(dir, "comfy", job(2).id));
    mkdirSync(join(dir, "comfy", "notes"));
    mkdirSync(join(dir, ".git"));
    appendFileSync(join(dir, "comfy", "20261123T101509-abc123"), "a file");
    appendFileSync(join(dir, "kohya"), "a file");
    expect(await store().list("comfy")).toEqual([a]);
    expect(await store().listAll()).toEqual([a]);
  });

  test("those that are not kept go with all their files, also what a kill left of a removal", async () => {
    const [a, b] = await createJobs(1, 2);
    await store().file("comfy", job(1).id, "snapshot.json").write({});
    mkdirSync(join(dir, "comfy", `.removed-${job(0).id}`, "deep"), { recursive: true });
    await store().prune("comfy", ({ id }) => id === b?.id);
    expect(readdirSync(join(dir, "comfy"))).toEqual([b?.id]);
    expect(await store().read("comfy", a?.id ?? "")).toBeNull();
  });
});

test("what killed processes left goes, and jobs stay", async () => {
  const [a] = await createJobs(1);
  const killed = ".controlpilot-4194999-6f1c1c1e-1111-4222-8333-444455556666.tmp";
  const inJob = (second: number, file = "") => join(dir, "comfy", job(second).id, file);
  for (const second of [2, 3]) mkdirSync(inJob(second));
  for (const second of [1, 3]) writeFileSync(inJob(second, killed), "half");
  mkdirSync(join(dir, "comfy", `.removed-${job(0).id}`, "deep"), { recursive: true });
  appendFileSync(join(dir, "comfy", job(4).id), "a file");
  for (const second of [1, 3, 4]) utimesSync(inJob(second), 0, 0);
  await store().tidy();
  const [justMade, theFile] = [job(2).id, job(4).id];
  expect(readdirSync(join(dir, "comfy")).sort()).toEqual([a?.id, justMade, theFile]);
  expect(readdirSync(inJob(1))).toEqual(["job.json"]);
});

describe("latest, asked again and again", () => {
  const age = () => utimesSync(join(dir, "comfy"), 1000, 1000);

  test("sees what other processes create", async () => {
    const asked = store();
    await createJobs(1);
    expect((await asked.latest("comfy"))?.id).toBe(job(1).id);
    await createJobs(2);
    expect((await asked.latest("comfy"))?.id).toBe(job(2).id);
    age();
    expect((await asked.latest("comfy"))?.id).toBe(job(2).id);
    await createJobs(3);
    expect((await asked.latest("comfy"))?.id).toBe(job(3).id);
  });

  test("sees what is written, and forgets what is removed", async () => {
    const asked = store();
    await createJobs(1, 2);
    age();
    await asked.latest("comfy");
    await store().write(job(2, "done"));
    expect((await asked.latest("comfy"))?.state).toBe("done");
    await store().prune("comfy", ({ id }) => id === job(1).id);
    expect((await asked.latest("comfy"))?.id).toBe(job(1).id);
  });

  test("does not read an old folder again", async () => {
    const asked = store();
    await createJobs(1);
    age();
    await asked.latest("comfy");
    await createJobs(2);
    age();
    expect((await asked.latest("comfy"))?.id).toBe(job(1).id);
  });
});
