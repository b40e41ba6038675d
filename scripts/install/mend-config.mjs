#!/usr/bin/env node
// mend-config.mjs FILE: prints the supervisor config of an image that is not ours, mended as far as ControlPilot needs it.
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

/** @typedef {{ lines: string[], options: Map<string, string> }} Section `lines[0]` is the header, if it has one. */

const INCLUDE = ["[include]", "files=/etc/supervisor/conf.d/*.conf", ""];
const LOG_LIMITS = { maxbytes: "20MB", backups: "3" };
const OPTION = /^([^\s;#[=:][^=:]*?)\s*[=:]\s*(.*?)(?:\s[;#].*)?$/;
/** supervisord does not expand this: as it stands there, it is the password. */
const LITERAL_PASSWORD = /^\$\{?SUPERVISOR_ADMIN_PASSWORD\b/;
/** They stay the base's own, and may bring their app along at its first start: it is not looked for before. */
const OWN_LAUNCHERS = /\/opt\/pilot\/((?:start-jupyter|start-code-server|copilot-sidecar)\.sh)/g;
/** Not a file that could be rotated. */
const NO_FILE = /^(none|syslog|\/dev\/.*)$/i;

/** Can be repeated: what is mended stays as it is. @param {string} text */
export function mendConfig(text) {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const sections = split(text.split(/\r?\n/));
  for (const section of sections) mend(section);
  const hasInclude = sections.some(({ lines }) => /^\[include\]/.test(lines[0] ?? ""));
  const lines = sections.flatMap((section) => section.lines);
  if (hasInclude) return lines.join(end);
  return [...lines, ...(lines.at(-1) === "" ? [] : [""]), ...INCLUDE].join(end);
}

/** @param {string[]} lines @returns {Section[]} */
function split(lines) {
  /** @type {Section[]} */
  const sections = [{ lines: [], options: new Map() }];
  for (const line of lines) {
    if (line.startsWith("[")) sections.push({ lines: [], options: new Map() });
    const section = /** @type {Section} */ (sections.at(-1));
    section.lines.push(line);
    const [, name, value] = OPTION.exec(line) ?? [];
    if (name !== undefined) section.options.set(name.toLowerCase(), value ?? "");
  }
  return sections;
}

/** @param {Section} section */
function mend(section) {
  const [, kind, name] = /^\[([^\]:]+):?([^\]]*)\]/.exec(section.lines[0] ?? "") ?? [];
  if (kind === "inet_http_server") mendPassword(section);
  if (kind !== "program") return;
  const command = section.options.get("command") ?? "";
  const own = command.replaceAll(OWN_LAUNCHERS, "/opt/pilot/original/$1");
  if (own !== command) set(section, "command", own);
  limitLog(section, "stdout");
  limitLog(section, "stderr");
  if (name !== "controlpilot") return;
  set(section, "priority", "1");
  add(section, "stopasgroup", "true");
  add(section, "killasgroup", "true");
}

/** @param {Section} section */
function mendPassword(section) {
  if (LITERAL_PASSWORD.test(section.options.get("password") ?? "")) {
    set(section, "password", "%(ENV_SUPERVISOR_ADMIN_PASSWORD)s");
  }
}

/** By itself supervisord keeps 550 MB of each stream. @param {Section} section @param {string} stream */
function limitLog(section, stream) {
  if (NO_FILE.test(section.options.get(`${stream}_logfile`) ?? "")) return;
  for (const [limit, value] of Object.entries(LOG_LIMITS)) {
    add(section, `${stream}_logfile_${limit}`, value);
  }
}

/** Where it is not set. @param {Section} section @param {string} option @param {string} value */
function add(section, option, value) {
  if (section.options.has(option)) return;
  const last = section.lines.findLastIndex((line) => !/^\s*([;#]|$)/.test(line));
  section.lines.splice(last + 1, 0, `${option}=${value}`);
  section.options.set(option, value);
}

/** @param {Section} section @param {string} option @param {string} value */
function set(section, option, value) {
  const index = section.lines.findIndex((line) => OPTION.exec(line)?.[1]?.toLowerCase() === option);
  if (index === -1) add(section, option, value);
  else section.lines[index] = `${option}=${value}`;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  process.stdout.write(mendConfig(readFileSync(argv[2] ?? "", "utf8")));
}
