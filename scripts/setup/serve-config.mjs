import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { serviceEnv } from "./environment.mjs";
import { addressOf, probeSocket } from "./network.mjs";
import { untilHealthy, untilStopped } from "./session.mjs";
import { runMarked } from "./supervise.mjs";

const PATIENCE_MS = 10_000;
const SOCKET_PROBE_MS = 3000;

/** The web server alone, for a supervisord that somebody else runs. @param {string} root @param {ReturnType<typeof import("./options.mjs").readOptions>} options */
export async function serveConfig(root, options) {
  const configPath = options.configPath ?? "";
  const advice = await adviseOn(configPath);
  // Shown, not refused: the page says so too, and goes on by itself once supervisord answers.
  if (advice) console.error(advice);
  mkdirSync(join(options.workspace, "config"), { recursive: true });
  const env = { ...serviceEnv(options), SUPERVISOR_CONFIG_PATH: configPath };
  const run = runMarked(["bash", join(root, "scripts", "portal.sh")], { env, output: null });
  return untilStopped(
    run,
    { title: "ControlPilot", socket: null, patienceMs: PATIENCE_MS },
    async () => {
      await untilHealthy(run, options);
      if (run.hasEnded()) return;
      const address = addressOf(options.host, options.port);
      console.log(
        `ControlPilot is ready: ${address} (for ${configPath}; Ctrl-C stops ControlPilot only)`,
      );
    },
  );
}

/** What stands between ControlPilot and this supervisord, and the way out; null if nothing. @param {string} configPath */
async function adviseOn(configPath) {
  const socket = process.env.SUPERVISOR_SOCKET || (await socketOf(configPath));
  if (!socket) {
    return `${configPath} has no [unix_http_server] with a file=, over which ControlPilot asks supervisord. Add it and restart supervisord.`;
  }
  const answer = await probeSocket(socket, SOCKET_PROBE_MS);
  if (answer === "answers") return null;
  if (answer === "EACCES") {
    return `You may not use ${socket}. Run this as the user who owns it, or with sudo.`;
  }
  if (answer === "ETIMEDOUT")
    return `supervisord does not answer on ${socket}: it hangs, or is very busy.`;
  return `No supervisord answers on ${socket} (${answer}). Start it with: supervisord -c ${configPath}`;
}

/** @param {string} configPath */
async function socketOf(configPath) {
  const { parse } = await import("ini");
  const { file } = parse(readFileSync(configPath, "utf8")).unix_http_server ?? {};
  if (typeof file !== "string") return null;
  return file
    .replaceAll("%(here)s", dirname(configPath))
    .replaceAll(/%\(ENV_(\w+)\)s/g, (_, name) => process.env[name] ?? "");
}
