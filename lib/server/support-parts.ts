import { basename, join } from "node:path";
import type { ServiceHistory } from "@/lib/contract/history";
import type { Service } from "@/lib/contract/services";
import type { Supervisor } from "@/lib/contract/supervisor";
import { listConfFiles } from "./adapters/conf-sources";
import { createJobFolders } from "./adapters/job-folders";
import type { MachineFacts } from "./adapters/machine-facts";
import type { SupervisorConf } from "./adapters/supervisor-conf";
import type { Settings } from "./env";
import type { Monitor } from "./monitor";
import type { Snapshot } from "./snapshot";
import { findLogs, readEnd, readStart } from "./support-logs";
import { hideEnvironment } from "./support-redaction";

const HISTORY_HOURS = 7 * 24;
const JOBS_OF_EACH = 3;

/** A file of the bundle. Its text may hold secrets: whoever writes it down hides them. */
export type SupportPart = { path: string; read: () => Promise<string> };
/** Parts that are found together; one that cannot be found leaves the others. */
export type SupportChapter = { name: string; find: () => Promise<SupportPart[]> };

export type SupportSources = {
  version: string;
  settings: Pick<Settings, "configPath" | "autostartChoicesPath" | "workspaceRoot" | "updates">;
  machine: MachineFacts;
  services: () => Promise<Service[]>;
  supervisor: () => Promise<Supervisor>;
  history: (hours: number) => Promise<ServiceHistory[]>;
  bootProblems: () => Promise<string[]>;
  snapshot: Monitor<Snapshot>["read"];
  conf: SupervisorConf["read"];
};

/** What a support bundle is made of, the most telling first. */
export function supportChapters(sources: SupportSources): SupportChapter[] {
  const { settings } = sources;
  return [
    { name: "machine", find: async () => machineParts(sources) },
    { name: "services", find: async () => serviceParts(sources) },
    { name: "config", find: async () => configParts(settings) },
    { name: "logs", find: () => logParts(sources) },
    { name: "updates", find: () => updateParts(settings.updates) },
  ];
}

function machineParts({ version, settings, machine }: SupportSources): SupportPart[] {
  const disks = [...new Set(["/", settings.workspaceRoot, "/tmp"])];
  return [
    json("versions.json", async () => ({ controlpilot: version, ...(await machine.system()) })),
    { path: "machine/gpu.txt", read: machine.gpu },
    json("machine/load.json", machine.load),
    ...disks.map((path) => json(`machine/disk-${nameOf(path)}.json`, () => machine.disk(path))),
    text("machine/environment-names.txt", async () => machine.environmentNames()),
  ];
}

function serviceParts(sources: SupportSources): SupportPart[] {
  const activity = join(sources.settings.workspaceRoot, "config", "controlpilot-audit.jsonl");
  return [
    json("services.json", sources.services),
    json("supervisor.json", sources.supervisor),
    text("boot-problems.txt", sources.bootProblems),
    json("history.json", () => sources.history(HISTORY_HOURS)),
    { path: "activity.jsonl", read: () => readEnd(activity) },
  ];
}

function configParts({
  configPath,
  autostartChoicesPath,
  updates,
}: SupportSources["settings"]): SupportPart[] {
  return [
    ...listConfFiles(configPath).map((file) => ({
      path: `config/${basename(file)}`,
      read: async () => hideEnvironment(await readStart(file)),
    })),
    ...[updates.configPath, autostartChoicesPath].map((file) => ({
      path: `config/${basename(file)}`,
      read: () => readStart(file),
    })),
  ];
}

async function logParts({ snapshot, conf, settings }: SupportSources): Promise<SupportPart[]> {
  const logs = await findLogs({ snapshot, conf, logsDir: join(settings.workspaceRoot, "logs") });
  return logs.map(({ name, path }) => ({
    path: `logs/${name}.log`,
    read: () => readEnd(path),
  }));
}

async function updateParts({ jobsDir, auditPath }: Settings["updates"]): Promise<SupportPart[]> {
  const folders = createJobFolders(jobsDir);
  const parts = [{ path: "updates/history.jsonl", read: () => readEnd(auditPath) }];
  for (const name of await folders.names()) {
    for (const id of (await folders.idsOf(name)).slice(0, JOBS_OF_EACH)) {
      for (const file of ["job.json", "output.log", "stderr.log"]) {
        const read = () => readEnd(folders.pathOf(name, id, file));
        parts.push({ path: `updates/${name}/${id}/${file}`, read });
      }
    }
  }
  return parts;
}

function json(path: string, ask: () => Promise<unknown>): SupportPart {
  return { path, read: async () => `${JSON.stringify(await ask(), null, 2)}\n` };
}

function text(path: string, ask: () => Promise<string[]>): SupportPart {
  return { path, read: async () => (await ask()).map((line) => `${line}\n`).join("") };
}

/** "etc-supervisor-supervisord.conf" */
function nameOf(path: string): string {
  return path.split("/").filter(Boolean).join("-") || "root";
}
