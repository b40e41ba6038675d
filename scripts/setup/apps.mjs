import { existsSync, readFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** @typedef {{ display: string, portEnv: string, port: number, candidates: string[] }} App */

/** The services by name, in the order in which every list shows them. @type {Record<string, App>} */
export const APPS = JSON.parse(readFileSync(new URL("../apps.json", import.meta.url), "utf8"));

/**
 * What a launcher needs to know of a service: where its app is (null: nowhere), where it would be looked for first,
 * and the address it is to listen on.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
export function lookUp(name, env = process.env) {
  const app = Object.hasOwn(APPS, name) ? APPS[name] : undefined;
  if (!app) throw new Error(`There is no service named ${name}: ${Object.keys(APPS).join(", ")}.`);
  const paths = app.candidates.flatMap((candidate) => pathsOf(candidate, env));
  return {
    name,
    display: app.display,
    portEnv: app.portEnv,
    port: portOf(app, env),
    host: hostOf(name, env),
    path: paths.find((path) => existsSync(path)) ?? null,
    expected: expectedAt(app.candidates, env),
  };
}

/** @param {App} app @param {NodeJS.ProcessEnv} env */
export function portOf(app, env) {
  const value = Number(env[app.portEnv]);
  return Number.isInteger(value) && value > 0 && value < 65536 ? value : app.port;
}

/** @param {string} name @param {NodeJS.ProcessEnv} env */
function hostOf(name, env) {
  if (name === "copilot") return "127.0.0.1";
  return env.SERVICE_HOST || "0.0.0.0";
}

/** @param {string} candidate @param {NodeJS.ProcessEnv} env */
function pathsOf(candidate, env) {
  const command = commandOf(candidate);
  if (!command) return [pathOf(candidate, env)];
  const dirs = (env.PATH ?? "").split(delimiter).filter(Boolean);
  return dirs.map((dir) => join(dir, command));
}

/** @param {string} candidate @param {NodeJS.ProcessEnv} env */
function pathOf(candidate, env) {
  if (isAbsolute(candidate)) return candidate;
  const [root, ...rest] = candidate.split("/");
  const dir =
    root === "venvs"
      ? env.PILOT_VENVS_DIR || "/opt/venvs"
      : env.PILOT_REPOS_DIR || "/opt/pilot/repos";
  return join(dir, ...rest);
}

/** @param {string[]} candidates @param {NodeJS.ProcessEnv} env */
function expectedAt(candidates, env) {
  const path = candidates.find((candidate) => !commandOf(candidate));
  if (path) return pathOf(path, env);
  return candidates[0] ? `${commandOf(candidates[0])} (looked for on PATH)` : "";
}

/** @param {string} candidate */
function commandOf(candidate) {
  return candidate.match(/^command:(.+)$/)?.[1];
}
