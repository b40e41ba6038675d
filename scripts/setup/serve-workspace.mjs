import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Halt } from "./entry.mjs";
import { serviceEnv } from "./environment.mjs";
import { addressOf, probeSocket } from "./network.mjs";
import { untilHealthy, untilStopped } from "./session.mjs";
import { runMarked } from "./supervise.mjs";
import { prepareWorkspace } from "./workspace.mjs";

/** The sum of what well-behaved services may take to save their work; see stopwaitsecs in the supervisor config. */
const PATIENCE_MS = 120_000;
const SOCKET_PROBE_MS = 3000;

/** @typedef {import("./workspace.mjs").Places} Places */
/** @typedef {ReturnType<typeof import("./options.mjs").readOptions>} Options */

/** @param {Places} places */
export async function assertNotRunning({ socket, pidfile, workspace }) {
  const answer = await probeSocket(socket, SOCKET_PROBE_MS);
  if (answer !== "answers" && answer !== "ETIMEDOUT") return;
  const pid = existsSync(pidfile) ? readFileSync(pidfile, "utf8").trim() : "?";
  const way = answer === "answers" ? `kill ${pid}` : `kill -9 ${pid}`;
  throw new Halt(
    `ControlPilot runs in ${workspace} already. Stop it with Ctrl-C in its terminal, or with: ${way}`,
  );
}

/** A supervisord of its own, with the services of the image. @param {Places} places @param {Options} options */
export async function serveWorkspace(places, options) {
  prepareWorkspace(places);
  const env = {
    ...serviceEnv(options),
    SUPERVISOR_CONFIG_PATH: places.conf,
    SUPERVISOR_SOCKET: places.socket,
    PILOT_RUN_DIR: places.runDir,
    CONTROLPILOT_STAND_INS: process.env.CONTROLPILOT_STAND_INS || "1",
    SERVICE_HOST: process.env.SERVICE_HOST || "127.0.0.1",
  };
  const bootstrap = join(places.root, "scripts", "bootstrap.sh");
  const command = ["bash", bootstrap, "supervisord", "--nodaemon", "--silent", "-c", places.conf];
  const run = runMarked(command, { env, output: join(dirname(places.conf), "start.log") });
  const how = { title: "supervisord", socket: places.socket, patienceMs: PATIENCE_MS };
  try {
    return await untilStopped(run, how, async () => {
      const logPath = join(options.workspace, "logs", "controlpilot.err.log");
      if (!(await untilHealthy(run, { ...options, logPath, nudge: () => nudge(places) }))) return;
      const address = addressOf(options.host, options.port);
      console.log(
        `ControlPilot is ready: ${address} (Ctrl-C stops it and the services it started)`,
      );
    });
  } finally {
    rmSync(places.runDir, { recursive: true, force: true });
  }
}

/** The user may have switched off its autostart, but did not run `npm start` for nothing. @param {Places} places */
async function nudge({ conf, socket }) {
  if ((await probeSocket(socket, SOCKET_PROBE_MS)) !== "answers") return;
  const ask = (/** @type {string} */ verb) =>
    spawnSync("supervisorctl", ["-c", conf, verb, "controlpilot"], { encoding: "utf8" }).stdout;
  const status = ask("status");
  if (/\bSTOPPED\b/.test(status)) ask("start");
  if (/\bFATAL\b/.test(status)) return "hopeless";
}
