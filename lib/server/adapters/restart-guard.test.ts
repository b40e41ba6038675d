import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RealSupervisord, startSupervisord } from "../testing/real-supervisord";
import { waitFor } from "../testing/wait-for";
import { createRestartGuard } from "./restart-guard";
import { createSupervisord, type Supervisord } from "./supervisord";

let dir: string;
let real: RealSupervisord;
let supervisord: Supervisord;

/** Takes its time to end, so that there is a moment to die in. */
const SLOW = `/bin/bash -c 'trap "sleep 1; exit 0" TERM; while true; do sleep 0.05; done'`;

const SELF_VARIANTS = {
  always: "autorestart=true",
  unexpected: "autorestart=unexpected",
  never: "autorestart=false",
  group: "autorestart=true\nstopasgroup=true\nkillasgroup=true",
  graceful: "autorestart=unexpected",
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "guard-"));
  await build({
    entryPoints: {
      "dist/bin/restart-guard": "bin/restart-guard.ts",
      restarter: "lib/server/testing/restarter.ts",
    },
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  // Only "graceful" ends with a code of its own when it is asked to end.
  const selves = Object.entries(SELF_VARIANTS).map(
    ([name, settings]) => `
[program:${name}]
command=${process.execPath} ${dir}/restarter.mjs ${name} signalled
directory=${dir}
startsecs=1
environment=SUPERVISOR_CONFIG_PATH="{dir}/supervisord.conf",WORKSPACE_ROOT="{dir}"${name === "graceful" ? ',ENDS_WITH="0"' : ""}
${settings}
`,
  );
  real = await startSupervisord(`
[program:slow]
command=${SLOW}
startsecs=1
${selves.join("")}`);
  supervisord = createSupervisord({ findSocket: () => real.socketPath });
}, 60_000);

afterAll(async () => {
  supervisord.close();
  await real.stop();
  await rm(dir, { recursive: true, force: true });
});

async function look(name: string) {
  const { processes } = await supervisord.look({ configs: false });
  const found = processes.find((process) => process.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

const reaches = (name: string, state: string) =>
  waitFor(async () => (await look(name)).statename === state);

/** It listens for the signal only once its own code runs. */
async function readyPid(name: string): Promise<number> {
  return Number(await readFile(join(dir, `${name}.ready`), "utf8").catch(() => 0));
}

function guards(): string {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`${dir}/dist/bin/restart-guard.mjs`))
    .join("\n");
}

function restartSlow() {
  return spawn(process.execPath, [join(dir, "restarter.mjs"), "slow"], {
    cwd: dir,
    stdio: "inherit",
    env: { ...process.env, SUPERVISOR_CONFIG_PATH: real.configPath, WORKSPACE_ROOT: dir },
  });
}

test("a restart that its server sees through leaves no guard behind", async () => {
  await reaches("slow", "RUNNING");
  const { pid } = await look("slow");

  const [code] = await once(restartSlow(), "exit");

  expect(code).toBe(0);
  expect((await look("slow")).statename).toBe("RUNNING");
  expect((await look("slow")).pid).not.toBe(pid);
  await waitFor(() => guards() === "");
});

test.each([
  "STOPPING",
  "STARTING",
])("a server that is killed while the service is %s leaves it running in the end", async (state) => {
  await reaches("slow", "RUNNING");
  const { pid } = await look("slow");
  const server = restartSlow();
  await reaches("slow", state);

  server.kill("SIGKILL");

  await waitFor(async () => {
    const { statename, pid: now } = await look("slow");
    return statename === "RUNNING" && now !== pid;
  });
  await waitFor(() => guards() === "");
});

test.each(
  Object.keys(SELF_VARIANTS),
)("a server that restarts itself runs again: %s", async (name) => {
  await reaches(name, "RUNNING");
  const { pid } = await look(name);
  await waitFor(async () => (await readyPid(name)) === pid);

  process.kill(pid, "SIGUSR2");

  await waitFor(async () => {
    const { statename, pid: now } = await look(name);
    return statename === "RUNNING" && now !== pid;
  });
  expect(await real.mainLog()).toContain(`stopped: ${name} (`);
  await waitFor(() => guards() === "");
});

test("restarts at the same time share one guard, which ends with the last of them", async () => {
  const guard = createRestartGuard(join(dir, "dist", "bin", "restart-guard.mjs"));
  const names = ["one", "two", "three"];

  await Promise.all(names.map(guard.protect));
  expect(guards().split("\n")).toHaveLength(1);
  for (const name of names) guard.release(name);

  await waitFor(() => guards() === "");
});

test("without its program a restart is refused, before anything is stopped", async () => {
  const guard = createRestartGuard(join(dir, "no-such-program.mjs"));

  await expect(guard.protect("slow")).rejects.toMatchObject({ code: "conflict" });
});
