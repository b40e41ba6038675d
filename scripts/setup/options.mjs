import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Halt } from "./entry.mjs";

export const HELP = `npm start                       run ControlPilot here, with a supervisord and the services of its own
npm start -- --config FILE      run only ControlPilot, for the supervisord that already runs with this config
npm start -- --help             this text

Everything it makes lies in ./workspace. Environment, with what counts if a variable is not set:
  PORTAL_PORT=7878              the page's port
  PORTAL_HOST=127.0.0.1         the address it listens on
  WORKSPACE_ROOT=./workspace    where configs and logs are kept
  PILOT_REPOS_DIR=/opt/pilot/repos, PILOT_VENVS_DIR=/opt/venvs
                                where the apps of the services are looked for
  CONTROLPILOT_STAND_INS=1      0: a service without its app does not run a stand-in, and fails`;

/** @param {string[]} args @param {string} root */
export function readOptions(args, root) {
  const { help, config } = parse(args);
  const port = readPort(process.env.PORTAL_PORT || "7878");
  return {
    help,
    configPath: config ? readableConfig(resolve(userFolder(), config)) : null,
    host: process.env.PORTAL_HOST || "127.0.0.1",
    port,
    workspace: resolve(root, process.env.WORKSPACE_ROOT || "workspace"),
  };
}

/** npm runs its scripts in the project's folder, and says where the user was. */
function userFolder() {
  const isRunByNpm = process.env.npm_lifecycle_event === "start";
  return (isRunByNpm && process.env.INIT_CWD) || process.cwd();
}

/** @param {string[]} args */
function parse(args) {
  const options = /** @type {const} */ ({
    help: { type: "boolean", short: "h", default: false },
    config: { type: "string" },
  });
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\. |\n/)[0] : error;
    throw new Halt(`${reason}. See: npm start -- --help`);
  }
}

/** @param {string} text */
function readPort(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Halt(`PORTAL_PORT is not a port: "${text}". Set it to a number from 1 to 65535.`);
}

/** @param {string} path */
function readableConfig(path) {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EACCES") {
      throw new Halt(`You may not read ${path}. Run this as a user who may, or with sudo.`);
    }
    throw new Halt(
      `There is no config file ${path}. Name the one that supervisord was started with.`,
    );
  }
}
