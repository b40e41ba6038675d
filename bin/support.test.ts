import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { main } from "./support";

let dir: string;
let said: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "npm-run-support-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  said = [];
  mkdirSync(join(dir, "workspace", "logs"), { recursive: true });
  mkdirSync(join(dir, "out"));
  writeFileSync(join(dir, "workspace", "logs", "bootstrap.log"), "it came up\n");
});

function run(args: string[], env: NodeJS.Dict<string> = {}) {
  const source = {
    NODE_ENV: "test" as const,
    WORKSPACE_ROOT: join(dir, "workspace"),
    SUPERVISOR_CONFIG_PATH: join(dir, "absent.conf"),
    PATH: process.env.PATH,
    ...env,
  };
  return main(args, source, (line) => said.push(line));
}

/** What is said in a file of the one archive in `out`. */
function inArchive(path: string): string {
  const [archive = "", ...others] = readdirSync(join(dir, "out"));
  expect(others).toEqual([]);
  const inside = join(archive.replace(".tar.gz", ""), path);
  return execFileSync("tar", ["-xzOf", join(dir, "out", archive), inside], { encoding: "utf8" });
}

test("it works where nothing else does, and its file is for its owner alone", async () => {
  expect(await run(["--out", join(dir, "out")])).toBe(0);
  const [path = ""] = /^\S+\.tar\.gz/.exec(said[0] ?? "") ?? [];
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(inArchive("logs/other/bootstrap.log")).toBe("it came up\n");
  expect(inArchive("services.json")).toContain("supervisord does not answer");
});

test("it finds the workspace of npm start, and writes where the user was", async () => {
  const conf = join(dir, "workspace", "run", "supervisord.conf");
  mkdirSync(join(dir, "workspace", "run"));
  writeFileSync(
    conf,
    `[unix_http_server]\nfile=${dir}/gone.sock\n[program:mine]\ncommand=/bin/x\n`,
  );
  writeFileSync(join(dir, "boot-problems"), "The logs lie elsewhere.\n");
  const env = { SUPERVISOR_CONFIG_PATH: undefined, npm_lifecycle_event: "support" };
  expect(await run([], { ...env, INIT_CWD: join(dir, "out") })).toBe(0);
  expect(inArchive("config/supervisord.conf")).toContain("[program:mine]");
  expect(inArchive("boot-problems.txt")).toBe("The logs lie elsewhere.\n");
  expect(inArchive("services.json")).toContain(`${dir}/gone.sock`);
});

test("a folder that takes no file is named, and nothing is left of it", async () => {
  expect(await run(["--out", join(dir, "nowhere")])).toBe(1);
  expect(said.join("\n")).toMatch(/could not be written: .*nowhere.*\n.*--out FOLDER/);
  expect(readdirSync(dir)).toEqual(["out", "workspace"]);
});

test("help, and what it does not know", async () => {
  expect(await run(["--help"])).toBe(0);
  expect(said[0]).toMatch(/^npm run support/);
  expect(await run(["--verbose"])).toBe(2);
});
