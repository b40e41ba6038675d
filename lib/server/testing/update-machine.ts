import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { vi } from "vitest";
import type { UpdateJob } from "@/lib/contract/updates";
import { answersHttp } from "../adapters/http-probe";
import { createApp } from "../app";
import { readEnv } from "../env";
import { createRemote, FILE_SUBMODULES, makeFolder, picture } from "./git-remotes";
import { createIndex } from "./package-index";
import { startSupervisord } from "./real-supervisord";
import { createVenv } from "./real-venv";
import { waitFor } from "./wait-for";
import { FIRST } from "./web-service";

type Programs = {
  /** Makes, in the machine's folder, what supervisord starts in place of the service's own command. */
  launch?: (dir: string, command: string) => string;
  /** Sections for supervisord besides. */
  others?: string;
};

export type UpdateMachine = Awaited<ReturnType<typeof createUpdateMachine>>;

/**
 * A machine with one service to update: a checkout of a real remote, a real environment filled from
 * a local index, a real supervisord that runs it, and the real program that does update jobs.
 */
export async function createUpdateMachine(
  environment: Record<string, string> = {},
  { launch = (_dir, command) => command, others = "" }: Programs = {},
) {
  const dir = makeFolder("machine");
  const inDir = (...path: string[]) => join(dir, ...path);
  const remote = createRemote(FIRST);
  const index = await createIndex();
  for (const version of ["1.0", "1.1", "1.2"]) index.release("widget", version);
  const venv = await createVenv();
  for (const folder of ["repos", "venvs", "workspace"]) mkdirSync(inDir(folder));
  renameSync(remote.clone(), inDir("repos", "ComfyUI"));
  renameSync(await venv.copy(index.url), inDir("venvs", "core"));
  await venv.pip(inDir("venvs", "core"), "install", "--quiet", "widget==1.0");
  await bundle(dir);
  const port = 20_000 + (process.pid % 20_000);
  const command = `${inDir("venvs", "core", "bin", "python")} ${inDir("repos", "ComfyUI", "main.py")}`;
  const supervisord = await startSupervisord(`
[program:comfy]
command=${launch(dir, command)}
environment=COMFY_PORT="${port}",PYTHONDONTWRITEBYTECODE="1"
startsecs=1
startretries=1
stopwaitsecs=5
${others}`);
  const env: Record<string, string> = {
    ...FILE_SUBMODULES,
    WORKSPACE_ROOT: inDir("workspace"),
    PILOT_RUN_DIR: inDir("run"),
    SUPERVISOR_CONFIG_PATH: supervisord.configPath,
    PILOT_REPOS_DIR: inDir("repos"),
    PILOT_VENVS_DIR: inDir("venvs"),
    COMFY_PORT: String(port),
    PIP_CACHE_DIR: inDir("cache"),
    PIP_FIND_LINKS: "",
    SERVICE_UPDATE_HEALTH_SECONDS: "2",
    SERVICE_UPDATE_HEALTH_DEADLINE_SECONDS: "20",
    ...environment,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const newApp = () => createApp({ ...readEnv(), binDir: inDir("bin") });
  let app = newApp();
  const repo = inDir("repos", "ComfyUI");

  function audit(): Record<string, unknown>[] {
    const path = inDir("workspace", "config", "service-updates-rollback.jsonl");
    return readLines(path).map((line) => JSON.parse(line));
  }

  async function page(): Promise<string | null> {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    return answer ? answer.text() : null;
  }

  await waitFor(page);

  return {
    dir,
    repo,
    venv: inDir("venvs", "core"),
    workspace: inDir("workspace"),
    remote,
    index,
    supervisord,
    port,
    env,
    app: () => app,
    /** As when ControlPilot is restarted: another server, which knows what is on disk. */
    restartServer() {
      app.close();
      app = newApp();
    },
    /** What the service says of itself; null where it does not answer. */
    page,
    answers: () => answersHttp(port),
    /** By hand, into the environment of the service. */
    install: (requirement: string) =>
      venv.pip(inDir("venvs", "core"), "install", "--quiet", requirement),
    /** Everything that an update may change and must put back. */
    picture: () => ({ repo: picture(repo), packages: packagesIn(inDir("venvs", "core")) }),
    async job(): Promise<UpdateJob> {
      const status = await app.updates.status("comfy");
      if (status.state === "idle") throw new Error("there is no job");
      return status;
    },
    /** The job, once it has ended and stands in the audit. */
    async ended(timeoutMs = 60_000): Promise<UpdateJob> {
      return waitFor(async () => {
        const status = await app.updates.status("comfy");
        if (status.state === "running" || status.state === "idle") return null;
        return audit().some(({ job_id }) => job_id === status.id) && status;
      }, timeoutMs);
    },
    audit,
    pinned: () => readText(inDir("workspace", "config", "service-updates.toml")),
    async end() {
      app.close();
      await supervisord.stop();
      await index.stop();
      await venv.remove();
      await rm(dir, { recursive: true, force: true });
      vi.unstubAllEnvs();
    },
  };
}

async function bundle(dir: string): Promise<void> {
  await build({
    entryPoints: ["bin/update-job.ts", "bin/service-updates-reconcile.ts"],
    outdir: join(dir, "bin"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}

/** What pip itself says is installed, and the files of it. */
function packagesIn(venvDir: string): string {
  const script = `
import hashlib, pathlib, sys, sysconfig
site = pathlib.Path(sysconfig.get_paths()["purelib"])
for path in sorted(site.rglob("*")):
    if path.is_file() and "__pycache__" not in path.parts and not path.is_relative_to(site / "pip"):
        print(path.relative_to(site), hashlib.sha256(path.read_bytes()).hexdigest()[:12])
`;
  return execFileSync(join(venvDir, "bin", "python"), ["-I", "-c", script], { encoding: "utf8" });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function readLines(path: string): string[] {
  return readText(path).split("\n").filter(Boolean);
}
