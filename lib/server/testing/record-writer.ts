import * as z from "zod/mini";
import type { AuditEntry } from "@/lib/contract/updates";
import { createJobStore } from "../adapters/job-store";
import { createUpdateAudit } from "../adapters/update-audit";
import { AUDIT_ENTRY } from "./audit-entry";

/** Run as a program: writes a job and its audit line in `dir` over and over, and says which are done. */
const [dir = "", first = "0"] = process.argv.slice(2);

const ID = "20261123T101500-abc123";
const Job = z.object({ id: z.string(), name: z.string(), round: z.number(), text: z.string() });
const store = createJobStore(`${dir}/jobs`, Job);
const audit = createUpdateAudit(`${dir}/audit.jsonl`);

function job(round: number) {
  return { id: ID, name: "comfy", round, text: "x".repeat((round * 997) % 20_000) };
}

function entry(round: number): AuditEntry {
  return {
    ...AUDIT_ENTRY,
    after: "ä".repeat((round * 97) % 900),
    job_id: `job-${round}`,
  };
}

async function main(): Promise<void> {
  if (first === "0") await store.create(job(0));
  for (let round = Number(first); ; round++) {
    await store.write(job(round));
    await audit.append(entry(round));
    process.stdout.write(`${round}\n`);
  }
}

main().catch((error: Error) => process.stdout.write(`${error.name}: ${error.message}\n`));
