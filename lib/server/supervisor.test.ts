import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBootNotes } from "./adapters/boot-notes";
import { createSupervisorConf } from "./adapters/supervisor-conf";
import { createSupervisord } from "./adapters/supervisord";
import { createLoadedConfig } from "./loaded-config";
import { createMonitor } from "./monitor";
import { createSnapshots } from "./snapshot";
import { createSupervisor } from "./supervisor";
import { type RealSupervisord, startSupervisord } from "./testing/real-supervisord";
import { waitFor } from "./testing/wait-for";

let real: RealSupervisord;

beforeEach(async () => {
  real = await startSupervisord(`
[program:comfy]
command=/bin/sleep 1000
[program:kohya]
command=/bin/sleep 1000
`);
});
afterEach(() => real.stop());

/** ControlPilot as it comes up: it knows nothing yet. */
function controlPilot() {
  const supervisord = createSupervisord({ findSocket: () => real.socketPath });
  const conf = createSupervisorConf(real.configPath);
  const snapshots = createSnapshots({ supervisord, conf, lives: async () => new Map() });
  const loaded = createLoadedConfig();
  const monitor = createMonitor(async () => {
    const snapshot = await snapshots.take();
    loaded.observe(snapshot);
    return snapshot;
  });
  const supervisor = createSupervisor({
    monitor,
    supervisord,
    loaded,
    forgetParsed: snapshots.forgetParsed,
    bootProblems: createBootNotes(real.dir).read,
    configPath: real.configPath,
    version: "1.2.3",
  });
  /** The files have just changed, and nobody wants to wait until the last look at them is old. */
  const statusNow = () => {
    monitor.invalidate();
    return supervisor.status();
  };
  return { supervisor, monitor, statusNow, autostartOf: loaded.autostartOf };
}

async function edit(change: (text: string) => string): Promise<void> {
  await writeFile(real.configPath, change(await readFile(real.configPath, "utf8")));
}

const switchOff = (name: string) =>
  edit((text) => text.replace(`[program:${name}]`, `[program:${name}]\nautostart=false`));

test("a config that is loaded as it stands differs in nothing", async () => {
  expect(await controlPilot().supervisor.status()).toEqual({
    state: "RUNNING",
    pid: expect.any(Number),
    version: expect.stringMatching(/^4\./),
    config_path: real.configPath,
    log_path: real.logPath,
    config: { added: [], changed: [], removed: [], options: {}, error: null },
    boot: { problems: [] },
  });
});

test("what went wrong at this boot is told, and what is added later too", async () => {
  const notes = createBootNotes(real.dir);
  const { supervisor } = controlPilot();
  await notes.add("/workspace takes no byte: logs go to /run/pilot/logs.");
  const first = (await supervisor.status()).boot.problems;
  await notes.add("service-autostart.toml cannot be used.");

  expect(first).toEqual(["/workspace takes no byte: logs go to /run/pilot/logs."]);
  expect((await supervisor.status()).boot.problems).toEqual([
    ...first,
    "service-autostart.toml cannot be used.",
  ]);
});

test("a changed option, a new program and a removed one are named, and what is loaded stays apart", async () => {
  const { statusNow, autostartOf } = controlPilot();
  await statusNow();

  await switchOff("comfy");
  await edit(
    (text) => `${text.replace(/\[program:kohya\][^[]*/, "")}\n[program:new]\ncommand=/bin/true\n`,
  );

  expect((await statusNow()).config).toEqual({
    added: ["new"],
    changed: ["comfy"],
    removed: ["kohya"],
    options: { comfy: ["autostart"] },
    error: null,
  });
  expect(autostartOf("comfy")).toBe(true);
});

test("the loaded value is still told after any number of rereads", async () => {
  const { supervisor, monitor, autostartOf } = controlPilot();
  await monitor.read();
  await switchOff("comfy");
  await supervisor.reread();
  await supervisor.reread();

  expect(autostartOf("comfy")).toBe(true);
});

test("a ControlPilot that comes up before anybody rereads can tell what is loaded", async () => {
  await switchOff("comfy");
  const { supervisor, autostartOf } = controlPilot();

  const { config } = await supervisor.status();
  expect(config.changed).toEqual(["comfy"]);
  expect(config.options).toEqual({ comfy: ["autostart"] });
  expect(autostartOf("comfy")).toBe(true);
  expect((await supervisor.reread()).options).toEqual({ comfy: ["autostart"] });
});

test("one that comes up after somebody's reread says that it cannot tell", async () => {
  await switchOff("comfy");
  await controlPilot().supervisor.reread();
  const { supervisor, autostartOf } = controlPilot();

  expect((await supervisor.status()).config.changed).toEqual(["comfy"]);
  expect(autostartOf("comfy")).toBeNull();
  expect(autostartOf("kohya")).toBe(true);
});

test("after supervisord's own restart the file is what is loaded", async () => {
  const { supervisor, monitor, autostartOf } = controlPilot();
  await switchOff("comfy");
  await supervisor.reread();
  expect(autostartOf("comfy")).toBe(true);

  await real.kill();
  await real.startAgain();
  await waitFor(() => monitor.read().catch(() => null));

  expect((await supervisor.status()).config.changed).toEqual([]);
  expect(autostartOf("comfy")).toBe(false);
});

test("a config that cannot be parsed is told with its file and line; nothing else suffers", async () => {
  const { supervisor, monitor, statusNow } = controlPilot();
  await statusNow();
  await edit((text) => `${text}\nnot an option\n`);

  const { config, state } = await statusNow();

  expect(state).toBe("RUNNING");
  expect(config.error).toContain(real.configPath);
  await expect(supervisor.reread()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(real.configPath),
  });
  expect((await monitor.read()).processes).toHaveLength(2);
});

test("health tells up, down and busy, and never waits for supervisord", async () => {
  const { supervisor } = controlPilot();
  expect(await supervisor.health()).toEqual({ status: "ok", supervisord: "up", version: "1.2.3" });

  real.signal("SIGSTOP");
  await waitFor(async () => (await supervisor.health()).supervisord === "busy");
  real.signal("SIGCONT");
  await waitFor(async () => (await supervisor.health()).supervisord === "up");
  await real.kill();
  await waitFor(async () => (await supervisor.health()).supervisord === "down");
});
