import { appendFileSync } from "node:fs";
import type { Answer } from "./client";
import { passDeeds } from "./passes";
import type { Random } from "./random";
import { change } from "./setting";
import { SERVICES, type World } from "./world";

/** Does something, and notes what was answered. Answers null where there was nothing to do. */
export type Deed = (world: World, random: Random) => Promise<Answer | null>;

async function act({ runs, ask }: World, random: Random) {
  const name = random.pick(SERVICES);
  const action = random.pick(["start", "stop", "restart", "restart"]);
  const wait = action !== "restart" || random.chance(0.8);
  const setting = runs.get(name);
  if (!setting) throw new Error(`${name} is unknown`);
  const path = `/api/services/${name}/${action}?wait=${wait}`;
  return change([setting], action !== "stop", () => ask(path, { method: "POST" }));
}

const switchAutostart: Deed = (world, random) =>
  switchAutostartOf(random.pick([...world.autostart.keys()]), world, random);

async function switchAutostartOf(name: string, { autostart, ask }: World, random: Random) {
  const setting = autostart.get(name);
  if (!setting) throw new Error(`${name} is unknown`);
  const { conf, choice } = setting;
  const enabled = random.chance(0.5);
  const path = `/api/services/${name}/settings/autostart`;
  const places = [conf, choice];
  return change(places, enabled, () => ask(path, { method: "POST", body: { enabled } }));
}

const KOHYA = "/api/services/kohya/settings/update";

async function setPolicy({ kohya, ask }: World, random: Random) {
  const follows = random.chance(0.5);
  const body = { policy: follows ? "follow" : "manual" };
  return change([kohya.follows], follows, () => ask(KOHYA, { method: "PUT", body }));
}

async function skipVersion({ kohya, ask }: World, random: Random) {
  const skip = `v${random.below(1000)}`;
  return change([kohya.skipped], skip, () => ask(KOHYA, { method: "PUT", body: { skip } }));
}

async function setExposure({ meant, ask }: World, random: Random) {
  const isMeant = random.chance(0.5);
  const body = { meant: isMeant };
  return change([meant], isMeant, () => ask("/api/access/exposure", { method: "PUT", body }));
}

async function update(world: World, random: Random) {
  const { below, chance, pick } = random;
  const what = pick(["start", "start", "rollback", "cancel"]);
  if (what === "start" && chance(0.7))
    world.publish({ widget: `1.${below(3)}`, isBad: chance(0.2) });
  const answer = await world.ask(`/api/services/comfy/update/${what}`, { method: "POST" });
  if (answer.status === 200) world.jobs.add((answer.body as { id: string }).id);
  return answer;
}

const clearLog: Deed = ({ ask }) => ask("/api/services/copilot/log", { method: "DELETE" });

/**
 * A person with an editor. Only while nothing else changes the files: the moment between a look at a
 * file and its replacement is nobody's to close.
 */
async function editByHand({ machine, autostart, notes }: World, random: Random) {
  const settings = [...autostart.values()];
  if (settings.some(({ conf }) => conf.isBeingSet)) return null;
  const file = random.pick([machine.configPath, machine.extraPath]);
  const line = `; a note, number ${notes.length}`;
  appendFileSync(file, `${line}\n`);
  notes.push({ file, line });
  return null;
}

/** Those that are answered with 200 unless something is wrong. */
export const STEADY: readonly Deed[] = [
  act,
  switchAutostart,
  setPolicy,
  skipVersion,
  setExposure,
  clearLog,
  passDeeds.create,
  passDeeds.signIn,
];

/** What each of the files takes that are changed under a lock. */
export const allSwitches = ({ autostart }: World): readonly Deed[] =>
  [...autostart.keys()].map(
    (name): Deed =>
      (world, random) =>
        switchAutostartOf(name, world, random),
  );

export const DEEDS: readonly { share: number; deed: Deed }[] = [
  { share: 5, deed: act },
  { share: 5, deed: switchAutostart },
  { share: 3, deed: setPolicy },
  { share: 2, deed: skipVersion },
  { share: 2, deed: setExposure },
  { share: 2, deed: update },
  { share: 1, deed: clearLog },
  { share: 1, deed: editByHand },
  { share: 2, deed: passDeeds.create },
  { share: 2, deed: passDeeds.signIn },
  { share: 3, deed: passDeeds.end },
];
