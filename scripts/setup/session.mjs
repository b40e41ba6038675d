import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Halt } from "./entry.mjs";
import { isHealthy } from "./network.mjs";
import { endRun } from "./supervise.mjs";

const HEALTH_DEADLINE_MS = 60_000;
/** One Ctrl-C comes twice: from the terminal, and from npm, which hands its own on. */
const SAME_CTRL_C_MS = 700;
const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** @typedef {import("./supervise.mjs").Run} Run */

/**
 * Keeps a run going until a signal ends it or it ends by itself; resolves to the exit code once nothing of it is left.
 * @param {Run} run
 * @param {{ title: string, socket: string | null, patienceMs: number }} how
 * @param {() => Promise<void>} announce
 */
export async function untilStopped(run, how, announce) {
  const hurry = new AbortController();
  let askedAt = Number.POSITIVE_INFINITY;
  const asked = new Promise((resolve) => {
    void untilDeserted().then(() => resolve("asked"));
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (performance.now() > askedAt + SAME_CTRL_C_MS) hurry.abort();
        if (askedAt > performance.now() && signal === "SIGINT") {
          console.log("\nStopping … (Ctrl-C again: at once)");
        }
        askedAt = Math.min(askedAt, performance.now());
        resolve("asked");
      });
    }
  });
  let isReady = false;
  const announced = announce().then(() => {
    isReady = true;
    return new Promise(() => {});
  });
  try {
    const why = await Promise.race([asked, run.ended, announced]);
    if (why === "asked") return 0;
    if (!isReady && run.output) console.error(lastLines(run.output).join("\n"));
    console.error(`${how.title} ended by itself (${why}).`);
    return 1;
  } finally {
    askedAt = Math.min(askedAt, performance.now());
    await endRun(run, { ...how, hurry: hurry.signal });
  }
}

/** npm, told to stop by a signal, ends its shell and leaves the script running. Never settles without npm. */
async function untilDeserted() {
  const parents = ancestors();
  const isRunByNpm = process.env.npm_lifecycle_event === "start";
  while (!isRunByNpm || ancestors() === parents) await wait(500, undefined, { ref: false });
}

/** The parent and its parent: npm's shell, and npm. */
function ancestors() {
  const parent = process.ppid;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, "utf8");
    return `${parent} ${stat.slice(stat.lastIndexOf(")")).split(" ")[2]}`;
  } catch {
    return `${parent}`;
  }
}

/**
 * Throws where ControlPilot does not come up; false where the run ended before. `nudge` is called now and then, and may
 * say that it is hopeless.
 * @param {Run} run
 * @param {{ host: string, port: number, logPath?: string, nudge?: () => Promise<unknown> }} how
 */
export async function untilHealthy(run, { host, port, logPath, nudge }) {
  const deadline = performance.now() + HEALTH_DEADLINE_MS;
  for (let turn = 1; !(await isHealthy(host, port)); turn++) {
    if (run.hasEnded()) return false;
    const isHopeless = turn % 10 === 0 && (await nudge?.()) === "hopeless";
    if (isHopeless || performance.now() > deadline) throw new Halt(describeFailure(logPath));
    await wait(150);
  }
  return true;
}

/** @param {string} [logPath] */
function describeFailure(logPath) {
  const said = logPath ? lastLines(logPath) : [];
  const where = logPath ? ` What it said last stands above; its log is ${logPath}.` : "";
  return [...said, `ControlPilot did not come up.${where}`].join("\n");
}

/** @param {string} path */
function lastLines(path) {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-10);
  } catch {
    return [];
  }
}
