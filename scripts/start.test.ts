import { spawnSync } from "node:child_process";
import { mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import { Checkout } from "./testing/checkout";
import { freePort } from "./testing/free-port";

// Each start brings up supervisord and nine programs, with one core for all of them at times.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 });

let checkout: Checkout;

beforeEach(async () => {
  checkout = new Checkout("my pilot; 50% #1's");
  checkout.keepOnly("controlpilot", "comfy");
  await checkout.reservePorts();
});

afterEach(() => checkout.remove());

describe("npm start", () => {
  it("builds, brings up all autostarted services and says where, then leaves nothing behind", async () => {
    checkout.keepAll();
    const { child, said } = await checkout.start();
    expect(said().trim().split("\n")).toEqual([
      expect.stringContaining("Building ControlPilot"),
      `ControlPilot is ready: ${checkout.url} (Ctrl-C stops it and the services it started)`,
    ]);
    await waitFor(() => statusOf(checkout).match(/RUNNING|EXITED/g)?.length === 8);
    expect(statusOf(checkout)).toMatch(/^copilot +STOPPED/m);
    expect(statSync(join(checkout.workspace, "config/secrets.env")).mode & 0o777).toBe(0o600);
    const { SUPERVISOR_CONFIG_PATH, SUPERVISOR_SOCKET } = await (await fetch(checkout.url)).json();
    expect(SUPERVISOR_CONFIG_PATH).toBe(join(checkout.workspace, "run/supervisord.conf"));
    expect(Buffer.byteLength(SUPERVISOR_SOCKET)).toBeLessThan(100);
    expect(statSync(join(SUPERVISOR_SOCKET, "..")).mode & 0o777).toBe(0o700);
    expect(checkout.read("workspace/run/supervisord.conf")).not.toMatch(/inet_http_server|9001/);
    expect(await checkout.end(child, "SIGTERM")).toBe(0);
    expect(checkout.processes()).toEqual([]);
  });

  it("ends a supervisord that hangs, and all it has started", async () => {
    const { child } = await checkout.start();
    process.kill(supervisordOf(checkout), "SIGSTOP");
    expect(await checkout.end(child, "SIGINT")).toBe(0);
    expect(checkout.processes()).toEqual([]);
  });

  it("leaves nothing behind either when it is killed itself", async () => {
    const { child } = await checkout.start();
    await checkout.end(child, "SIGKILL");
    await waitFor(() => checkout.processes().length === 0);
  });

  it("ends with an error, and nothing left, when supervisord dies", async () => {
    const { child, said } = await checkout.start();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(supervisordOf(checkout), "SIGKILL");
    expect(await ended).toBe(1);
    expect(said()).toContain("supervisord ended by itself (SIGKILL).");
    expect(checkout.processes()).toEqual([]);
  });

  it("shows why ControlPilot does not come up, and leaves nothing behind", () => {
    const failing = checkout
      .read("scripts/build.mjs")
      .replace('"require', "\"throw 'no such disk';require");
    checkout.write("scripts/build.mjs", failing);
    const conf = checkout.read("supervisor/supervisord.conf");
    checkout.write("supervisor/supervisord.conf", `${conf}startretries=0\n`);
    const { code, stderr } = checkout.run([]);
    expect(code).toBe(1);
    expect(stderr).toContain("no such disk");
    expect(stderr).toMatch(
      /ControlPilot did not come up\. .* its log is .*controlpilot\.err\.log\.$/,
    );
    expect(checkout.processes()).toEqual([]);
  });

  it("starts ControlPilot though its autostart is off", async () => {
    const conf = checkout.read("supervisor/supervisord.conf");
    const at = conf.indexOf("autostart=true", conf.indexOf("[program:controlpilot]"));
    const off = `${conf.slice(0, at)}autostart=false${conf.slice(at + "autostart=true".length)}`;
    checkout.write("supervisor/supervisord.conf", off);
    const { child } = await checkout.start();
    expect(await checkout.end(child, "SIGTERM")).toBe(0);
  });

  it("builds again only when a source has changed", async () => {
    for (const [source, builds] of [
      ["1", 1],
      ["1", 1],
      ["2", 2],
    ] as const) {
      checkout.write("app/page.tsx", source);
      const { child } = await checkout.start(["--config", "supervisor/supervisord.conf"]);
      await checkout.end(child, "SIGTERM");
      expect(checkout.read("built")).toHaveLength(builds);
    }
  });

  it("installs the npm packages when the lock file is newer than they are", () => {
    const tools = toolsIn(checkout, ["bash", "supervisord"]);
    writeTool(tools, "npm", 'echo "npm $*" > "$0.ran"; exit 1');
    makeLockNewer();
    expect(checkout.run([], { PATH: tools })).toMatchObject({
      code: 1,
      stderr: "npm ci failed, for the reason above. Once that is mended, run this again.",
    });
    expect(checkout.read("tools/npm.ran")).toContain("npm ci --include=dev");
  });

  it.runIf(process.getuid?.() === 0)("installs supervisord itself where it may", () => {
    const tools = toolsIn(checkout, ["bash", "ln"]);
    const install = `case "$*" in *install*) ln -s /bin/true ${JSON.stringify(tools)}/supervisord ;; esac`;
    writeTool(tools, "apt-get", `echo "$*" >> "$0.ran"; ${install}`);
    writeTool(tools, "npm", "exit 1");
    makeLockNewer();
    expect(checkout.run([], { PATH: tools }).stdout).toContain("Installing supervisor …");
    expect(checkout.read("tools/apt-get.ran")).toMatch(
      /install -y --no-install-recommends supervisor\n$/,
    );
  });

  it.runIf(process.getuid?.() === 0)("says what to do where apt cannot install it", () => {
    const tools = toolsIn(checkout, ["bash"]);
    writeTool(tools, "apt-get", "echo 'E: Unable to locate package supervisor' >&2; exit 100");
    const { code, stderr } = checkout.run([], { PATH: tools });
    expect([code, stderr]).toEqual([
      1,
      "Not found on this machine: supervisord. Install what is missing with: sudo apt-get install -y supervisor (apt-get said: E: Unable to locate package supervisor)",
    ]);
  });
});

describe("npm start refuses with one line, and before it has made anything,", () => {
  const expectRefusal = (args: string[], env: Record<string, string>, line: string) => {
    expect(checkout.run(args, env)).toEqual({ code: 1, stdout: "", stderr: line });
    expect(checkout.has("workspace")).toBe(false);
    expect(checkout.has("built")).toBe(false);
  };

  it("a port that is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    const port = await waitFor(() => portOf(server));
    expectRefusal(
      [],
      { PORTAL_PORT: String(port) },
      `Port ${port} is in use by another program. Stop that one, or run: PORTAL_PORT=7878 npm start`,
    );
    server.close();
  });

  it("a machine without supervisord that it may not or cannot install", () => {
    const line =
      "Not found on this machine: supervisord. Install what is missing with this system's package manager (on Debian and Ubuntu: supervisor), and run this again.";
    expectRefusal([], { PATH: toolsIn(checkout, ["bash"]) }, line);
  });

  it("a port that is none", () => {
    const line = 'PORTAL_PORT is not a port: "http". Set it to a number from 1 to 65535.';
    expectRefusal([], { PORTAL_PORT: "http" }, line);
  });

  it("an option it does not know", () => {
    expectRefusal(["--conf", "x"], {}, "Unknown option '--conf'. See: npm start -- --help");
  });

  it("a config that is not there", () => {
    const line =
      "There is no config file /nowhere.conf. Name the one that supervisord was started with.";
    expectRefusal(["--config", "/nowhere.conf"], {}, line);
  });
});

describe("a second npm start in the same folder", () => {
  it("is refused, and the first goes on", async () => {
    const { child } = await checkout.start();
    const pid = supervisordOf(checkout);
    const port = String(await freePort());
    expect(checkout.run([], { PORTAL_PORT: port })).toEqual({
      code: 1,
      stdout: "",
      stderr: `ControlPilot runs in ${checkout.workspace} already. Stop it with Ctrl-C in its terminal, or with: kill ${pid}`,
    });
    expect((await fetch(checkout.url)).status).toBe(200);
    await checkout.end(child, "SIGTERM");
  });
});

describe("npm start -- --config", () => {
  it("serves a supervisord that is down, and says how to start it", async () => {
    const path = join(checkout.root, "site.conf");
    checkout.write("site.conf", "[unix_http_server]\nfile=%(here)s/s.sock ; ours\n");
    const { child, said } = await checkout.start(["--config", path]);
    expect(said()).toContain(
      `No supervisord answers on ${checkout.root}/s.sock (ENOENT). Start it with: supervisord -c ${path}\n`,
    );
    const { SUPERVISOR_CONFIG_PATH } = await (await fetch(checkout.url)).json();
    expect(SUPERVISOR_CONFIG_PATH).toBe(path);
    expect(checkout.has("workspace/run")).toBe(false);
    expect(await checkout.end(child, "SIGTERM")).toBe(0);
    expect(checkout.processes()).toEqual([]);
  });
});

function statusOf({ workspace }: Checkout): string {
  const args = ["-c", join(workspace, "run/supervisord.conf"), "status"];
  return spawnSync("supervisorctl", args, { encoding: "utf8" }).stdout;
}

function supervisordOf(running: Checkout): number {
  const args = ["-c", join(running.workspace, "run/supervisord.conf"), "pid"];
  const { stdout } = spawnSync("supervisorctl", args, { encoding: "utf8" });
  // 0 would be this very process group.
  if (!/^[1-9]\d*$/.test(stdout.trim())) throw new Error(`supervisord is not up: ${stdout}`);
  return Number(stdout);
}

/** A folder with these programs, which can be all of PATH. */
function toolsIn({ root }: Checkout, names: string[]): string {
  const tools = join(root, "tools");
  mkdirSync(tools);
  for (const name of names) {
    const path = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    symlinkSync(path, join(tools, name));
  }
  return tools;
}

function writeTool(tools: string, name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}

function makeLockNewer(): void {
  const soon = Date.now() / 1000 + 60;
  utimesSync(join(checkout.root, "package-lock.json"), soon, soon);
}

function portOf(server: ReturnType<typeof createServer>): number | null {
  const address = server.address();
  return typeof address === "object" && address ? address.port : null;
}
