import { existsSync, rmSync } from "node:fs";
import * as z from "zod/mini";
import type { AuditEntry } from "@/lib/contract/updates";
import { createJobOutput } from "../adapters/job-output";
import { createJobStore } from "../adapters/job-store";
import { createUpdateAudit } from "../adapters/update-audit";
import { createUpdatesConfig } from "../adapters/updates-config";

/**
 * Run as a program: `once` writes each file of an update in `dir` and says how each went; `loop`
 * writes a job and its audit line over and over, and says which are done.
 */
const [how = "", dir = "", first = "0"] = process.argv.slice(2);

const ID = "20261123T101500-abc123";
const Job = z.object({ id: z.string(), name: z.string(), round: z.number(), text: z.string() });
const store = createJobStore(`${dir}/jobs`, Job);
const audit = createUpdateAudit(`${dir}/audit.jsonl`);

function job(round: number) {
  return { id: ID, name: "comfy", round, text: "x".repeat((round * 997) % 20_000) };
}

function entry(round: number): AuditEntry {
  return {
    timestamp: "2026-11-23T10:15:00Z",
    service: "comfy",
    kind: "git",
    reason: "update",
    state: "done",
    target: null,
    before: null,
    after: "ä".repeat((round * 97) % 900),
    job_id: `job-${round}`,
  };
}

async function loop(): Promise<void> {
  for (let round = Number(first); ; round++) {
    await store.write(job(round));
    await audit.append(entry(round));
    process.stdout.write(`${round}\n`);
  }
}

async function once(): Promise<void> {
  const output = createJobOutput(`${dir}/output.log`, { redact: (line) => line });
  output.write(`${"x".repeat(9999)}\n`);
  const ways: Record<string, () => Promise<void>> = {
    create: () => store.create({ ...job(1), id: "20261124T101500-abc123" }),
    write: () => store.write(job(20)),
    cancel: () => store.requestCancel("comfy", ID),
    audit: () => audit.append(entry(9)),
    config: () =>
      createUpdatesConfig(`${dir}/updates.toml`).set("comfy", { kind: "git", policy: "follow" }),
  };
  for (const [name, way] of Object.entries(ways)) {
    const answer = await way().then(
      () => "done",
      (error: Error) => `${error.name}: ${error.message}`,
    );
    process.stdout.write(`${name}: ${answer}\n`);
  }
  process.stdout.write(`output: ${output.fault() ?? "done"}\n`);
  // What fills the disk in a test.
  if (existsSync(`${dir}/big`)) rmSync(`${dir}/big`);
  output.write("there is room again\n");
  output.close();
}

async function main(): Promise<void> {
  if (how === "once") return once();
  if (first === "0") await store.create(job(0));
  await loop();
}

main().catch((error: Error) => process.stdout.write(`${error.name}: ${error.message}\n`));
