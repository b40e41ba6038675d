import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuildCurrent } from "./build-stamp.mjs";
import { Halt } from "./entry.mjs";
import { assertPortFree } from "./network.mjs";
import { HELP, readOptions } from "./options.mjs";
import { ensureInstalled, ensurePackages, needsCommand } from "./requirements.mjs";
import { serveConfig } from "./serve-config.mjs";
import { assertNotRunning, serveWorkspace } from "./serve-workspace.mjs";
import { placesOf } from "./workspace.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `npm start`; resolves to the exit code. What can be refused is refused before anything is made or started. */
export async function start() {
  const options = readOptions(process.argv.slice(2), root);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const places = placesOf(root, options.workspace);
  if (!options.configPath) await assertNotRunning(places);
  await assertPortFree(options.host, options.port);
  const needed = [needsCommand("bash", "bash")];
  if (!options.configPath) needed.push(needsCommand("supervisord", "supervisor"));
  ensureInstalled(needed);
  ensurePackages(root);
  ensureBuilt();
  return options.configPath ? serveConfig(root, options) : serveWorkspace(places, options);
}

function ensureBuilt() {
  if (isBuildCurrent(root)) return;
  console.log("Building ControlPilot: once, about half a minute …");
  const build = spawnSync(process.execPath, [join(root, "scripts", "build.mjs")], {
    cwd: root,
    encoding: "utf8",
  });
  if (build.status === 0) return;
  console.error(`${build.stdout}${build.stderr}`.trimEnd());
  throw new Halt("ControlPilot could not be built, for the reason above.");
}
