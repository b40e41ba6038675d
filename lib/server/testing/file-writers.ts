import { existsSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { createAccessFile } from "../adapters/access-file";
import { createAuditLog } from "../adapters/audit-log";
import { createAutostartChoices } from "../adapters/autostart-choices";
import { createJobStore } from "../adapters/job-store";
import { createSupervisorConf } from "../adapters/supervisor-conf";
import { createSwitchedOff } from "../adapters/switched-off";
import { createUpdateAudit } from "../adapters/update-audit";
import { createUpdatesConfig } from "../adapters/updates-config";
import { AUDIT_ENTRY } from "./audit-entry";

export type FileWriter = {
  /** Below the folder that it is given. */
  file: string;
  /** Lines are added to the end; else the whole is another one. */
  isAppended: boolean;
  /** Makes the file with round 0, and changes it with round 1. The same round again changes nothing. */
  write: (dir: string, round: number) => Promise<void>;
};

const ID = "20261123T101500-abc123";
const Job = z.object({ id: z.string(), name: z.string(), round: z.number() });
/** More than what is left of the page that a file ends in. */
const LONG = "x".repeat(9000);

function jobsIn(dir: string) {
  return createJobStore(join(dir, "jobs"), Job);
}

async function makeJob(dir: string): Promise<void> {
  if (!existsSync(join(dir, "jobs"))) await jobsIn(dir).create({ id: ID, name: "comfy", round: 0 });
}

/** Everything that writes a config, what it knows, or what was done, by the name that people know it by. */
export const FILE_WRITERS: Record<string, FileWriter> = {
  "supervisord's config": {
    file: "supervisord.conf",
    isAppended: false,
    async write(dir, round) {
      const path = join(dir, "supervisord.conf");
      if (round === 0) writeFileSync(path, "[program:comfy]\ncommand=x\nautostart=false\n");
      await createSupervisorConf(path).setAutostart("comfy", round === 1);
    },
  },
  "the choices of autostart": {
    file: "service-autostart.toml",
    isAppended: false,
    write: (dir, round) =>
      createAutostartChoices(join(dir, "service-autostart.toml")).set("comfy", round === 1),
  },
  "the wishes for updates": {
    file: "service-updates.toml",
    isAppended: false,
    write: (dir, round) =>
      createUpdatesConfig(join(dir, "service-updates.toml")).set("comfy", {
        kind: "git",
        policy: "pinned",
        target: `v${round}`,
      }),
  },
  "who may come in": {
    file: "controlpilot/access.json",
    isAppended: false,
    async write(dir, round) {
      const access = createAccessFile(join(dir, "controlpilot", "access.json"));
      await access.read();
      const nobody = { password: null, opened_with: null, sessions: [], tokens: [] };
      await access.write({ ...nobody, meant: round === 1 });
    },
  },
  "what is switched off while it is absent": {
    file: "supervisord.conf.not-installed",
    isAppended: false,
    write: (dir, round) => createSwitchedOff(join(dir, "supervisord.conf")).write([`app-${round}`]),
  },
  "the record of an update": {
    file: `jobs/comfy/${ID}/job.json`,
    isAppended: false,
    async write(dir, round) {
      await makeJob(dir);
      await jobsIn(dir).write({ id: ID, name: "comfy", round });
    },
  },
  "the journal of an update": {
    file: `jobs/comfy/${ID}/journal.json`,
    isAppended: false,
    async write(dir, round) {
      await makeJob(dir);
      await jobsIn(dir).file("comfy", ID, "journal.json").write({ round });
    },
  },
  "the history of updates": {
    file: "service-updates-rollback.jsonl",
    isAppended: true,
    write: (dir, round) =>
      createUpdateAudit(join(dir, "service-updates-rollback.jsonl")).append({
        ...AUDIT_ENTRY,
        after: LONG,
        job_id: `job-${round}`,
      }),
  },
  "what was done by whom": {
    file: "config/controlpilot-audit.jsonl",
    isAppended: true,
    async write(dir, round) {
      await mkdir(join(dir, "config"), { recursive: true });
      const log = createAuditLog(join(dir, "config", "controlpilot-audit.jsonl"));
      await log.append(`${JSON.stringify({ round, text: LONG })}\n`);
      await log.sync();
    },
  },
};
