import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@decimalturn/toml-patch";
import type { Session } from "../../lib/contract/access";
import type { Service } from "../../lib/contract/services";
import type { HistoryEntry } from "../../lib/contract/updates";
import { expectAudit } from "./audit";
import { ctl } from "./kills";
import { expectPasses } from "./passes";
import { programsOf } from "./processes";
import { until } from "./until";
import type { World } from "./world";

const CONFIG = "config";

type Choices = { services?: Record<string, Record<string, unknown> | undefined> };

/** It answers again, and supervisord does; a person starts what supervisord has given up. */
export async function untilUp({ machine, asAnyone }: World): Promise<void> {
  await until("ControlPilot is up", async () => {
    const answer = await asAnyone("/api/health").catch(() => null);
    if ((answer?.body as { supervisord?: string } | undefined)?.supervisord === "up") return true;
    const state = (await machine.states().catch(() => null))?.get("controlpilot");
    if (state === "FATAL") await ctl(machine, "start", "controlpilot");
    return false;
  });
}

/** All that was answered holds after a start, and what was asked for and not answered is not half done. */
export async function expectWhole(world: World): Promise<void> {
  await expectServices(world);
  await expectPasses(world);
  expectFiles(world);
  await expectJobs(world);
  await expectAudit(world);
  const { required, meant } = await world.read<Session>("/api/session");
  if (!required) throw new Error("The password is gone.");
  world.meant.found(meant);
}

/** All of them are there, and each does what it was last told; a restart is seen through. */
async function expectServices(world: World): Promise<void> {
  const { machine, runs, autostart } = world;
  await until(
    "restarts are seen through",
    () => programsOf(machine, "restart-guard.mjs").length === 0,
  );
  let found: Service[] = [];
  await until(
    () => `services do what they were told: ${sayRuns(found)}`,
    async () => {
      found = await world.read<Service[]>("/api/services");
      const isSettled = ({ state }: Service) => state === "RUNNING" || state === "STOPPED";
      const named = found.filter(({ name }) => runs.has(name));
      return named.every((one) => isSettled(one) && runs.get(one.name)?.mayBe(one.running));
    },
  );
  if (found.length !== 10) throw new Error(`${found.length} services are listed, not 10.`);
  for (const { name, running, autostart: isOn } of found) {
    runs.get(name)?.found(running);
    autostart.get(name)?.conf.found(isOn);
  }
}

function sayRuns(services: readonly Service[]): string {
  return services.map(({ name, state }) => `${name} ${state}`).join(", ");
}

/** Each can be parsed and holds what was answered, and what another program wrote. */
function expectFiles({ machine, autostart, kohya, notes }: World): void {
  const choices = readToml(join(machine.dir, CONFIG, "service-autostart.toml"));
  for (const [name, { choice }] of autostart)
    choice.found(choices.services?.[name]?.autostart as boolean | undefined);
  const updates = readToml(join(machine.dir, CONFIG, "service-updates.toml")).services?.kohya;
  kohya.follows.found(updates?.auto_update as boolean | undefined);
  kohya.skipped.found(updates?.skip_version as string | undefined);
  for (const { file, line } of notes) {
    if (readFileSync(file, "utf8").split("\n").includes(line)) continue;
    throw new Error(`"${line}" of another program is gone from ${file}.`);
  }
}

function readToml(path: string): Choices {
  try {
    return parse(readFileSync(path, "utf8")) as Choices;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** Each that was begun is under way, or in the history. */
async function expectJobs(world: World): Promise<void> {
  let missing: string[] = [];
  await until(
    () => `all jobs are found, but for ${missing}`,
    async () => {
      const { id } = await world.read<{ id?: string }>("/api/services/comfy/update/status");
      const known = new Set([id, ...(await readHistory(world)).map(({ job_id }) => job_id)]);
      missing = [...world.jobs].filter((id) => !known.has(id));
      return missing.length === 0;
    },
  );
}

/** Of Comfy UI. */
export function readHistory({ read }: World): Promise<HistoryEntry[]> {
  return read("/api/updates/history?service=comfy&limit=2000");
}
