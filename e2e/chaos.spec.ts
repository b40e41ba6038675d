import { setTimeout as sleep } from "node:timers/promises";
import { test } from "@playwright/test";
import { isRunning } from "../lib/server/adapters/process";
import { expectActions, expectCalm, expectNothingLeft, letTimePass } from "./chaos/calm";
import { expectWhole, untilUp } from "./chaos/checks";
import { STEADY } from "./chaos/deeds";
import { KILL_SERVER, KILLS, type Kill, serverOf } from "./chaos/kills";
import { startReaders, startWriters } from "./chaos/load";
import { createRandom, type Random } from "./chaos/random";
import { until } from "./chaos/until";
import { createWorld, type World } from "./chaos/world";

const READERS = 3;
const WRITERS = 5;
/** So long after it is up, at most. */
const KILLED_WITHIN_MS = 1500;
const CALM_EVERY = 25;
const DEFAULT_SEED = 20_260_211;

const KILLS_WANTED = Number(process.env.CHAOS_KILLS ?? 12);
const MINUTES_WANTED = Number(process.env.CHAOS_MINUTES ?? 0);
const SEED = seedFrom(process.env.CHAOS_SEED);

/** The suite does the same each time; `random` looks elsewhere, and says how to look there again. */
function seedFrom(wish: string | undefined): number {
  if (wish === "random") return Math.trunc(Math.random() * 2 ** 31);
  return Number(wish ?? DEFAULT_SEED);
}

test("whenever ControlPilot is killed, it is whole when it comes back", async () => {
  test.setTimeout(300_000 + MINUTES_WANTED * 60_000 + KILLS_WANTED * 20_000);
  say(`CHAOS_SEED=${SEED}: ${KILLS_WANTED} kills, ${MINUTES_WANTED} minutes at least`);
  const world = await createWorld();
  try {
    await wreck(world);
  } finally {
    await world.end();
  }
});

async function wreck(world: World): Promise<void> {
  const random = createRandom(SEED);
  const goOnUntil = Date.now() + MINUTES_WANTED * 60_000;
  const isEnough = () => kills >= KILLS_WANTED && Date.now() > goOnUntil;
  let kills = 0;
  while (!isEnough()) {
    const readers = startReaders(world, random.fork(), READERS);
    for (let round = 0; round < CALM_EVERY && !isEnough(); round++) {
      const kill = random.pickShare(KILLS);
      await playRound(world, random.fork(), kill).catch((cause: Error) => {
        const where = `CHAOS_SEED=${SEED}, after ${kills} kills, then of ${kill.name}`;
        throw new Error(`${where}: ${cause.message}`, { cause });
      });
      if (kill.endsServer) kills += 1;
    }
    await readers.stop();
    await expectCalm(world, random.fork());
    say(`${kills} kills`);
  }
  letTimePass(world);
  await killAndWait(world, random, KILL_SERVER);
  await expectNothingLeft(world);
}

async function playRound(world: World, random: Random, kill: Kill): Promise<void> {
  const writers = startWriters(world, random.fork(), WRITERS);
  await sleep(random.below(KILLED_WITHIN_MS));
  await killAndWait(world, random, kill);
  await writers.stop();
  await expectWhole(world);
  await expectActions(world, random, [random.pick(STEADY), random.pick(STEADY)]);
}

async function killAndWait(world: World, random: Random, kill: Kill): Promise<void> {
  const { machine } = world;
  const before = await serverOf(machine);
  await kill.perform(world, random);
  if (kill.endsServer) await until(`${before} has ended`, () => !isRunning(before));
  if (kill.restartsAll) world.beginAnew();
  await untilUp(world);
}

function say(line: string): void {
  // biome-ignore lint/suspicious/noConsole: whoever wants to see the same again needs it.
  console.log(line);
}
