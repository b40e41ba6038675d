import { join } from "node:path";
import type { ActivityEntry } from "../../lib/contract/activity";
import { createAuditLog } from "../../lib/server/adapters/audit-log";
import type { World } from "./world";

/** The entries by their id. Throws where a line is not whole, or stands twice. */
export async function readAudit({ machine }: World): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  const log = createAuditLog(join(machine.dir, "config/controlpilot-audit.jsonl"));
  for await (const line of log.readBackwards()) {
    const entry = JSON.parse(line) as ActivityEntry;
    if (entries.has(entry.id)) throw new Error(`The audit has ${line} twice.`);
    entries.set(entry.id, JSON.stringify(entry));
  }
  return entries;
}

/**
 * What was once shown is there as it was shown. An answer does not wait for the audit, so that what was
 * done in the moment before a kill may be missing.
 */
export async function expectAudit(world: World): Promise<void> {
  const entries = await readAudit(world);
  for (const [id, entry] of world.shown)
    if (entries.get(id) !== entry) throw new Error(`The audit has lost ${entry}.`);
}
