import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { UpdateJob } from "../../lib/contract/updates";
import { askSupervisor } from "../../lib/server/testing/supervisor-python";
import { commandOf } from "../../scripts/testing/processes";
import { readAudit } from "./audit";
import { readHistory } from "./checks";
import { unlessLost } from "./client";
import { allSwitches, type Deed, STEADY } from "./deeds";
import { ownPids, zombiesOf } from "./processes";
import type { Random } from "./random";
import { until } from "./until";
import type { World } from "./world";

/** A recovery waits up to a minute for what a killed job has left running. */
const JOB_WITHIN_MS = 180_000;
const OURS = /\.tmp$|\.part$|\.lock$|^\.removed-|^controlpilot-work-/;

/** One of each kind of action works, whatever was killed while it was under way. */
export async function expectActions(
  world: World,
  random: Random,
  deeds: readonly Deed[],
): Promise<void> {
  for (const deed of deeds) await expectDone(world, random, deed);
}

async function expectDone(world: World, random: Random, deed: Deed): Promise<void> {
  let said = "";
  await until(
    () => `an action works: ${said}`,
    async () => {
      const answer = await unlessLost(deed(world, random));
      said = `${answer?.status} ${JSON.stringify(answer?.body)}`;
      return answer?.status === 200 || answer?.status === 202;
    },
  );
}

/** Once nothing is under way: the update has an end, its service is whole, and nothing is left over. */
export async function expectCalm(world: World, random: Random): Promise<void> {
  await expectUpdateEnded(world);
  await expectCheckout(world);
  expectSupervisorAgrees(world);
  await expectWrittenDown(world, random);
  await expectNoProcesses(world);
}

async function expectUpdateEnded(world: World): Promise<void> {
  let job: UpdateJob | null = null;
  await until(
    () => `the update ends: ${JSON.stringify(job)}`,
    async () => {
      job = await world.read<UpdateJob>("/api/services/comfy/update/status");
      return job.state !== "running";
    },
    JOB_WITHIN_MS,
  );
  await until(
    "each job is in the history once",
    async () => {
      const ids = (await readHistory(world)).map(({ job_id }) => job_id);
      return [...world.jobs].every((id) => ids.filter((one) => one === id).length === 1);
    },
    JOB_WITHIN_MS,
  );
}

/** At one whole commit, and what runs is that commit. */
async function expectCheckout({ comfy, pages }: World): Promise<void> {
  const head = comfy.git("rev-parse", "HEAD");
  const page = pages.get(head);
  if (page === undefined) throw new Error(`The checkout is at ${head}, which nobody published.`);
  const status = comfy.git("status", "--porcelain");
  if (status !== "") throw new Error(`The checkout is not clean:\n${status}`);
  comfy.git("fsck", "--no-dangling");
  let served: string | null = null;
  await until(
    () => `Comfy UI serves "${page}": ${served}`,
    async () => {
      served = await comfy.served();
      return served === page;
    },
  );
}

/** Its own parser reads the config, and finds there what was answered. */
function expectSupervisorAgrees({ machine, autostart }: World): void {
  const [loaded] = askSupervisor({ paths: [machine.configPath] }).loaded;
  if (!loaded || "error" in loaded) throw new Error(`supervisord refuses it: ${loaded?.error}`);
  for (const [name, { conf }] of autostart) conf.found(loaded.programs[name] ?? true);
}

/** Whatever is done now is in the audit soon. */
async function expectWrittenDown(world: World, random: Random): Promise<void> {
  const deeds = [...STEADY, ...allSwitches(world)];
  const before = (await readAudit(world)).size;
  await expectActions(world, random, deeds);
  await until(
    "what is done is written down",
    async () => (await readAudit(world)).size >= before + deeds.length,
  );
}

/** Neither orphans that go on, nor dead ones that nobody waited for. */
async function expectNoProcesses({ machine }: World): Promise<void> {
  const server = await machine.pidOf("controlpilot");
  let others: number[] = [];
  await until(
    () => `no other program of ControlPilot runs: ${others.map(commandOf).join(", ")}`,
    () => {
      others = ownPids(machine).filter((pid) => pid !== server);
      return others.length === 0;
    },
  );
  const supervisord = Number(machine.read("supervisord.pid"));
  await until("there are no zombies", () => zombiesOf([server, supervisord]).length === 0);
}

/** After the next start no part of a file is left. Folders of jobs that were never begun count as old. */
export async function expectNothingLeft({ machine, comfy, temporary }: World): Promise<void> {
  const folders = [machine.dir, temporary, join(comfy.repo, ".git")];
  let left: string[] = [];
  await until(
    () => `nothing is left over: ${left.join(", ")}`,
    () => {
      left = [...folders.flatMap(leftIn), ...unwrittenJobs(machine.dir)];
      return left.length === 0;
    },
  );
}

function leftIn(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return names.filter((path) => OURS.test(path.split("/").at(-1) ?? ""));
}

export function letTimePass({ machine }: World): void {
  for (const path of unwrittenJobs(machine.dir)) utimesSync(path, 0, 0);
}

function unwrittenJobs(dir: string): string[] {
  const jobs = join(dir, "config/service-updates/comfy");
  const folders = existsSync(jobs) ? readdirSync(jobs).map((name) => join(jobs, name)) : [];
  return folders.filter(
    (path) => statSync(path).isDirectory() && !existsSync(join(path, "job.json")),
  );
}
