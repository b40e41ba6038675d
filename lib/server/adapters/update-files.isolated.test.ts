import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod/mini";
import { AuditEntry } from "@/lib/contract/updates";
import { bundleProgram, canMount } from "../testing/child-program";
import { killWhileWriting } from "../testing/kill-while-writing";
import { mountReadOnly, mountSmallDisk } from "../testing/small-disk";
import { createJobOutput } from "./job-output";
import { createJobStore } from "./job-store";

const ID = "20261123T101500-abc123";
const KILLS = 30;
const Job = z.object({ id: z.string(), name: z.string() });

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "update-files-")));
});

afterAll(() => rmSync(folder, { recursive: true }));

test("what is killed while it writes leaves whole records and whole lines", async () => {
  const dir = join(folder, "killed");
  mkdirSync(dir);
  const program = join(folder, "writer.cjs");
  await bundleProgram("record-writer", program);
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const when = { first: next, rounds: kill % 4, folder };
    const last = await killWhileWriting([program, dir, `${next}`], when);
    const job = JSON.parse(readFileSync(join(dir, "jobs", "comfy", ID, "job.json"), "utf8"));
    expect(job).toMatchObject({ id: ID, name: "comfy" });
    expect([last, last + 1]).toContain(job.round);
    expect(job.text).toHaveLength((job.round * 997) % 20_000);
    next = last + 1;
  }
  const lines = readFileSync(join(dir, "audit.jsonl"), "utf8").trimEnd().split("\n");
  const ids = lines.map((line) => AuditEntry.parse(JSON.parse(line)).job_id);
  const done = Array.from({ length: next }, (_, round) => `job-${round}`);
  expect(ids.filter((id) => id !== `job-${next}`)).toEqual(done);
}, 60_000);

describe.skipIf(!canMount)("where the disk is in the way (needs the right to mount)", () => {
  test("a read-only disk takes no job and no wish to cancel, and the sentence says so", async () => {
    const dir = mkdtempSync(join(folder, "read-only-"));
    const store = createJobStore(dir, Job);
    await store.create({ id: ID, name: "comfy" });
    onTestFinished(mountReadOnly(dir));
    const another = "20261124T101500-abc123";
    const refusal = (id: string, file: string) => ({
      code: "conflict",
      message: `${dir}/comfy/${id}/${file} is read-only here. The file is as it was.`,
    });
    await expect(store.create({ id: another, name: "comfy" })).rejects.toMatchObject(
      refusal(another, "job.json"),
    );
    await expect(store.requestCancel("comfy", ID)).rejects.toMatchObject(refusal(ID, "cancel"));
    expect(await store.isCancelRequested("comfy", ID)).toBe(false);
  });

  test("output that a full disk does not take is missed, said to be missing, and goes on", () => {
    const dir = mkdtempSync(join(folder, "full-"));
    const path = join(dir, "output.log");
    writeFileSync(path, "old\n");
    const disk = mountSmallDisk(dir);
    onTestFinished(() => void disk.unmount());
    disk.fill();
    const output = createJobOutput(path, { redact: (line) => line });
    onTestFinished(output.close);
    output.write(`${"x".repeat(9999)}\n`);
    expect(output.fault()).toBe(
      `The disk that holds ${path} is full: free some space and try again.`,
    );
    disk.free();
    output.write("there is room again\n");
    expect(readFileSync(path, "utf8")).toMatch(
      /^old\nx+\n\[Some output is missing here: it could not be written.\]\nthere is room again\n$/,
    );
  });
});
