import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import xmlrpc from "xmlrpc";
import { askSupervisor } from "@/lib/server/testing/supervisor-python";
import { waitFor } from "@/lib/server/testing/wait-for";
import apps from "@/scripts/apps.json";
import { renderConf } from "../scripts/setup/render.mjs";
import { freePort } from "../scripts/testing/free-port";

const PASSWORD = "4f9c0c5e7a1d4f0b";
const CONF = fileURLToPath(new URL("supervisord.conf", import.meta.url));

/** autostart, autorestart, startsecs */
const TABLE: Record<string, [string, string, string]> = {
  jupyter: ["true", "true", "2"],
  "code-server": ["true", "true", "2"],
  comfy: ["true", "true", "2"],
  kohya: ["true", "true", "2"],
  diffpipe: ["true", "true", "2"],
  invoke: ["true", "true", "5"],
  "ai-toolkit": ["true", "unexpected", "5"],
  controlpilot: ["true", "true", "2"],
  copilot: ["false", "true", "2"],
};

/** A launcher that has what the real apps may have: a child of its own, which outlives its parent. */
const LAUNCHER = `#!/bin/bash
sleep 86399 &
exec sleep 86398
`;
const LAUNCHERS = [
  "start-jupyter",
  "start-code-server",
  "comfy",
  "start-kohya",
  "diffusion-pipe",
  "invoke",
  "ai-toolkit",
  "portal",
  "copilot-sidecar",
];

const OWN_SERVICE = "[program:mine]\ncommand=/bin/sleep 86397\nautostart=false\n";

const sections = readSections();

type ConfigInfo = {
  name: string;
  autostart: boolean;
  startsecs: number;
  killasgroup: boolean;
  process_prio: number;
  group_prio: number;
};

let dir = "";
let port = 0;
let supervisord: ChildProcess;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "cp-conf-"));
  port = await freePort();
  const scripts = join(dir, "pilot");
  mkdirSync(scripts);
  mkdirSync(join(dir, "workspace", "logs"), { recursive: true });
  for (const name of LAUNCHERS) writeScript(join(scripts, `${name}.sh`), LAUNCHER);
  writeScript(join(scripts, "lib.sh"), "load_secrets() { true; }\n");
  mkdirSync(join(dir, "conf.d"));
  writeFileSync(join(dir, "conf.d", "mine.conf"), OWN_SERVICE);
  const conf = renderConf(readFileSync(CONF, "utf8"), {
    workspace: join(dir, "workspace"),
    scripts,
    ownServices: join(dir, "conf.d"),
    socket: join(dir, "s.sock"),
    pidfile: join(dir, "supervisord.pid"),
    inetPort: port,
    isRoot: process.getuid?.() === 0,
  });
  writeFileSync(join(dir, "supervisord.conf"), conf);
  supervisord = spawn("supervisord", ["-n", "-s", "-c", join(dir, "supervisord.conf")], {
    stdio: "ignore",
    env: { ...process.env, SUPERVISOR_ADMIN_PASSWORD: PASSWORD, CONF_TEST_RUN: dir },
  });
  await waitFor(() => logIn(PASSWORD).catch(() => null));
});

afterAll(async () => {
  supervisord.kill("SIGTERM");
  await once(supervisord, "exit");
  rmSync(dir, { recursive: true, force: true });
});

describe("supervisord.conf", () => {
  it("holds the nine programs in the order of the catalogue", () => {
    expect(Object.keys(programs())).toEqual(Object.keys(TABLE));
    expect(new Set(Object.keys(apps))).toEqual(new Set(Object.keys(TABLE)));
  });

  it.each(Object.entries(TABLE))("starts %s as the table says", (name, row) => {
    const { autostart, autorestart, startsecs } = programs()[name] ?? {};
    expect([autostart, autorestart, startsecs]).toEqual(row);
  });

  it("ends whole families: stopasgroup and killasgroup everywhere", () => {
    for (const options of Object.values(programs())) {
      expect(options).toMatchObject({ stopasgroup: "true", killasgroup: "true" });
    }
  });

  it("keeps all logs together under 2 GB", () => {
    const sections = { supervisord: section("supervisord"), ...programs() };
    const sizes = Object.values(sections).flatMap((options) =>
      Object.keys(options)
        .filter((key) => key.endsWith("logfile"))
        .map((key) => bytes(options[`${key}_maxbytes`]) * (1 + Number(options[`${key}_backups`]))),
    );
    expect(sizes).toHaveLength(1 + 9 * 2);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThan(2_000_000_000);
  });

  it("logs where the contract says", () => {
    for (const [name, options] of Object.entries(programs())) {
      expect(options.stdout_logfile).toBe(`/workspace/logs/${name}.out.log`);
      expect(options.stderr_logfile).toBe(`/workspace/logs/${name}.err.log`);
    }
  });

  it("has its sockets where the contract says", () => {
    expect(section("unix_http_server")).toEqual({ file: "/tmp/supervisor.sock", chmod: "0700" });
    expect(section("supervisorctl")).toEqual({ serverurl: "unix:///tmp/supervisor.sock" });
    expect(section("inet_http_server")).toMatchObject({ port: "127.0.0.1:9001" });
  });
});

describe("a supervisord that runs with it", () => {
  it("has loaded the nine programs with the settings of the table, and a service of the user", async () => {
    const loaded = await loadedPrograms();
    const rows = loaded.map(({ name, autostart, startsecs }) => [name, autostart, startsecs]);
    const expected = Object.entries(TABLE).map(([name, row]) => [
      name,
      row[0] === "true",
      Number(row[2]),
    ]);
    expect(rows.sort()).toEqual([...expected, ["mine", false, 1]].sort());
    const own = loaded.filter(({ name }) => name !== "mine");
    expect(own.every(({ killasgroup }) => killasgroup)).toBe(true);
  });

  it("starts ControlPilot before all others, and stops it after them", async () => {
    const named = (await loadedPrograms()).map((row) => [row.group_prio, row.name] as const);
    const [first, ...others] = named.sort(([one], [other]) => one - other);
    expect(first).toEqual([1, "controlpilot"]);
    for (const [priority] of others) expect(priority).toBeGreaterThan(1);
    const starts = await waitFor(() => {
      const log = readFileSync(join(dir, "workspace", "logs", "supervisord.log"), "utf8");
      const spawned = [...log.matchAll(/spawned: '(.+?)'/g)].map(([, name]) => name);
      return spawned.length >= 8 && spawned;
    });
    expect(starts[0]).toBe("controlpilot");
  });

  it("answers a supervisorctl that has no environment at all", () => {
    const conf = join(dir, "supervisord.conf");
    const args = ["-i", "PATH=/usr/local/bin:/usr/bin:/bin", "supervisorctl", "-c", conf, "status"];
    const { stdout, stderr } = spawnSync("env", args, { encoding: "utf8" });
    expect(stderr).toBe("");
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(new Set(names)).toEqual(new Set([...Object.keys(TABLE), "mine"]));
  });

  it("lets in whoever has the password of this machine", async () => {
    expect(await logIn(PASSWORD)).toBe(200);
  });

  it.each([
    ["an empty password", ""],
    ["the reference as the file has it", "%(ENV_SUPERVISOR_ADMIN_PASSWORD)s"],
    [
      "the reference as a shell has it",
      "$" + "{SUPERVISOR_ADMIN_PASSWORD:-supervisor_secure_password_2024}",
    ],
    ["the default known to everyone", "supervisor_secure_password_2024"],
  ])("turns away %s", async (_, password) => {
    expect(await logIn(password)).toBe(401);
  });

  it("leaves no orphan of a program that a shell has started", async () => {
    const family = await waitFor(() => {
      const pids = sleepersOf("comfy");
      return pids.length === 2 && pids;
    });
    await call("supervisor.stopProcess", ["comfy", true]);
    expect(family.filter(isAlive)).toEqual([]);
  });
});

/** As supervisor's own parser reads them. */
function readSections(): [string, Record<string, string>][] {
  const [reading] = askSupervisor({ configs: [readFileSync(CONF, "utf8")] }).configs;
  if (!reading || "error_line" in reading) throw new Error("supervisor cannot parse the config");
  return reading.sections.map(([name, options]) => [name, Object.fromEntries(options)]);
}

function section(name: string): Record<string, string> {
  return Object.fromEntries(sections)[name] ?? {};
}

function programs(): Record<string, Record<string, string>> {
  const named = sections.filter(([name]) => name.startsWith("program:"));
  return Object.fromEntries(named.map(([name, options]) => [name.slice(8), options]));
}

/** supervisor's own suffixes: KB, MB and GB in steps of 1024. */
function bytes(size = ""): number {
  const [, number, unit = ""] = size.match(/^(\d+)([KMG]B)?$/) ?? [];
  return Number(number) * 1024 ** ["", "KB", "MB", "GB"].indexOf(unit);
}

async function logIn(password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  return (await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization } })).status;
}

function loadedPrograms(): Promise<ConfigInfo[]> {
  return call("supervisor.getAllConfigInfo");
}

function call<T>(method: string, params: unknown[] = []): Promise<T> {
  const auth = { user: "admin", pass: PASSWORD };
  const client = xmlrpc.createClient({ host: "127.0.0.1", port, path: "/RPC2", basic_auth: auth });
  return new Promise((resolve, reject) => {
    client.methodCall(method, params, (error, value) => (error ? reject(error) : resolve(value)));
  });
}

/** The two processes of the stand-in launcher, wherever they have gone. */
function sleepersOf(program: string): number[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  const pids = stdout.split("\n").filter((line) => /\bsleep 8639[89]$/.test(line));
  return pids.map((line) => Number.parseInt(line, 10)).filter((pid) => isOf(pid, program));
}

function isOf(pid: number, program: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    const marks = [`CONF_TEST_RUN=${dir}`, `SUPERVISOR_PROCESS_NAME=${program}`];
    return marks.every((mark) => environment.includes(mark));
  } catch {
    return false;
  }
}

/** What has ended, and waits only for its parent to notice, does not count. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

function writeScript(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
