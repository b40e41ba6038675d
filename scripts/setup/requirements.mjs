import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Halt } from "./entry.mjs";

/** @typedef {{ name: string, debian: string, isPresent: () => boolean }} Requirement */

/** @param {string} command @param {string} [searchPath] */
export function findCommand(command, searchPath = process.env.PATH ?? "") {
  const paths = searchPath.split(delimiter).filter(Boolean);
  return paths.map((dir) => join(dir, command)).find(isExecutable) ?? null;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @param {string} command @param {string} debian @returns {Requirement} */
export function needsCommand(command, debian) {
  return { name: command, debian, isPresent: () => findCommand(command) !== null };
}

/**
 * Installs what is missing where that is possible without asking: as root, with apt. Elsewhere it says what to install.
 * @param {Requirement[]} requirements
 */
export function ensureInstalled(requirements) {
  const missing = requirements.filter((requirement) => !requirement.isPresent());
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  const packages = missing.map(({ debian }) => debian);
  const isRoot = process.getuid?.() === 0;
  const apt = findCommand("apt-get");
  if (!apt || !isRoot) throw new Halt(adviceOn(names, packages, apt !== null));
  console.log(`Installing ${packages.join(", ")} …`);
  const failure = installByApt(apt, packages);
  const absent = missing.filter((requirement) => !requirement.isPresent());
  if (absent.length === 0) return;
  throw new Halt(`${adviceOn(names, packages, true)} (apt-get said: ${failure || "nothing"})`);
}

/** @param {string} names @param {string[]} packages @param {boolean} hasApt */
function adviceOn(names, packages, hasApt) {
  const how = hasApt
    ? `Install what is missing with: sudo apt-get install -y ${packages.join(" ")}`
    : `Install what is missing with this system's package manager (on Debian and Ubuntu: ${packages.join(" ")}), and run this again.`;
  return `Not found on this machine: ${names}. ${how}`;
}

/** The last line of what went wrong, or nothing. @param {string} apt @param {string[]} packages */
function installByApt(apt, packages) {
  const install = ["-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = (/** @type {string[]} */ args) => spawnSync(apt, args, { env, encoding: "utf8" });
  let result = run([...install, ...packages]);
  if (result.status !== 0) {
    run(["update"]);
    result = run([...install, ...packages]);
  }
  return result.status === 0 ? "" : (result.stderr.trim().split("\n").at(-1) ?? "");
}

/** npm packages exactly as the lock file has them. @param {string} root */
export function ensurePackages(root) {
  const installedAt = modifiedAt(join(root, "node_modules", ".package-lock.json"));
  if (installedAt >= modifiedAt(join(root, "package-lock.json"))) return;
  console.log("Installing the npm packages: once, about a minute …");
  const { status } = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" },
  });
  if (status !== 0) {
    throw new Halt("npm ci failed, for the reason above. Once that is mended, run this again.");
  }
}

/** @param {string} path */
function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
