import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled, ensurePackages, needsCommand } from "../setup/requirements.mjs";
import { countPlaywright, countVitest } from "./reports.mjs";

/**
 * A step is one check, unless it writes a report that counts the tests in it.
 * @typedef {object} Step
 * @property {string} title
 * @property {string[][]} commands npm package commands, run one after the other until one fails
 * @property {NodeJS.ProcessEnv} [env]
 * @property {{ path: string, count: (path: string) => Counts }} [report]
 * @property {string} [after] the title of the step without which this one makes no sense
 * @typedef {{ passed: number, failed: number }} Counts
 */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `npm test`; resolves to the exit code. */
export async function test() {
  ensureInstalled([
    needsCommand("supervisord", "supervisor"),
    needsCommand("chromium", "chromium"),
    needsCommand("git", "git"),
    needsCommand("shellcheck", "shellcheck"),
    { name: "python3 with venv", debian: "python3-venv", isPresent: hasVenv },
  ]);
  ensurePackages(root);
  const reports = mkdtempSync(join(tmpdir(), "controlpilot-test-"));
  try {
    return await runAll(stepsWith(reports));
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

function hasVenv() {
  return spawnSync("python3", ["-c", "import ensurepip, venv"]).status === 0;
}

/** @param {string} reports a folder @returns {Step[]} */
function stepsWith(reports) {
  const vitest = join(reports, "vitest.json");
  const playwright = join(reports, "playwright.json");
  return [
    { title: "lint", commands: [["biome", "ci", "."]] },
    {
      title: "types",
      commands: [
        ["next", "typegen"],
        ["tsc", "--noEmit"],
      ],
    },
    { title: "unused code", commands: [["knip"]] },
    { title: "shell scripts", commands: [["shellcheck", "-x", ...shellScripts()]] },
    {
      title: "tests",
      commands: [
        ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${vitest}`],
      ],
      report: { path: vitest, count: countVitest },
    },
    { title: "build", commands: [[process.execPath, join(root, "scripts", "build.mjs")]] },
    {
      title: "browser",
      commands: [["playwright", "test", "--reporter=list,json"]],
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: playwright },
      report: { path: playwright, count: countPlaywright },
      after: "build",
    },
  ];
}

function shellScripts() {
  const paths = readdirSync(join(root, "scripts"), { recursive: true, encoding: "utf8" });
  return paths.filter((path) => path.endsWith(".sh")).map((path) => join("scripts", path));
}

/** @param {Step[]} steps */
async function runAll(steps) {
  const results = new Map();
  for (const step of steps) {
    console.log(`\n── ${step.title}`);
    const isPointless = step.after && results.get(step.after).failed > 0;
    if (isPointless) console.log(`Not run: "${step.after}" failed.`);
    results.set(step.title, isPointless ? { passed: 0, failed: 1 } : await runStep(step));
  }
  console.log();
  for (const [title, { passed, failed }] of results) {
    console.log(`${failed > 0 ? "✗" : "✓"} ${title}: ${passed} passed, ${failed} failed`);
  }
  const total = (/** @type {"passed" | "failed"} */ key) =>
    [...results.values()].reduce((sum, result) => sum + result[key], 0);
  console.log(`${total("passed")} passed, ${total("failed")} failed`);
  return total("failed") > 0 ? 1 : 0;
}

/** @param {Step} step @returns {Promise<Counts>} */
async function runStep({ commands, env = {}, report }) {
  let isGood = true;
  for (const command of commands) isGood &&= await runCommand(command, env);
  if (!report) return isGood ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const { passed, failed } = report.count(report.path);
  // Also what no test is to blame for: a file that does not load, an error after the last test, no tests at all.
  const isUnexplained = (!isGood || passed === 0) && failed === 0;
  return { passed, failed: isUnexplained ? 1 : failed };
}

/** @param {string[]} command @param {NodeJS.ProcessEnv} extra @returns {Promise<boolean>} */
function runCommand([name = "", ...args], extra) {
  const bin = join(root, "node_modules", ".bin");
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    NEXT_TELEMETRY_DISABLED: "1",
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
    ...(process.env.CI ? { NO_COLOR: "1", FORCE_COLOR: undefined } : {}),
    ...extra,
  };
  return new Promise((resolve) => {
    const child = spawn(name, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env });
    child.once("error", (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.once("exit", (code) => resolve(code === 0));
  });
}
