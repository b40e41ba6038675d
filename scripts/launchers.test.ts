import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import apps from "@/scripts/apps.json";
import { renderConf } from "./setup/render.mjs";
import { freePort } from "./testing/free-port";

const SCRIPTS = dirname(fileURLToPath(import.meta.url));
const CONF = join(SCRIPTS, "..", "supervisor", "supervisord.conf");

/** Says how it was run, one fact a line. */
const FAKE = `#!/bin/bash
printf 'run %s\\n' "$0 $*"
printf 'in %s\\n' "$PWD"
exec env
`;

const LAUNCHERS: Record<string, string> = {
  jupyter: "start-jupyter.sh",
  "code-server": "start-code-server.sh",
  comfy: "comfy.sh",
  kohya: "start-kohya.sh",
  diffpipe: "diffusion-pipe.sh",
  invoke: "invoke.sh",
  copilot: "copilot-sidecar.sh",
};

let dir = "";

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "cp-launch-")));
  mkdirSync(join(dir, "workspace", "config"), { recursive: true });
  // Only these are on PATH, whatever this machine has installed.
  const tools = ["bash", "dirname", "env", "id", "mkdir"].map((tool) => which(tool));
  for (const tool of [...tools, process.execPath]) link(tool, join(dir, "tools"));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("a launcher whose app is there", () => {
  it("runs Jupyter Lab in the workspace, on its port, with nothing to click", () => {
    const app = fake("venvs/tools/bin/jupyter-lab");
    const { run, cwd } = launch("jupyter", { JUPYTER_PORT: "18888" });
    expect(run).toContain(`${app} --no-browser --ip=0.0.0.0 --port=18888`);
    expect(cwd).toBe(join(dir, "workspace"));
  });

  it("asks for Jupyter's token everywhere but on this machine alone, and there if one is set", () => {
    fake("venvs/tools/bin/jupyter-lab");
    const loopback = { SERVICE_HOST: "127.0.0.1" };
    expect(launch("jupyter").run).not.toContain("token");
    expect(launch("jupyter", loopback).run).toContain("--ServerApp.token=");
    secrets("JUPYTER_TOKEN=abc");
    const withToken = launch("jupyter", loopback);
    expect(withToken.run).not.toContain("token");
    expect(withToken.env.JUPYTER_TOKEN).toBe("abc");
  });

  it("takes Debian's jupyter-notebook where there is no Lab", () => {
    const app = fake("tools/jupyter-notebook");
    expect(launch("jupyter").run).toContain(`${app} --no-browser`);
  });

  it("opens code-server without a password on this machine alone", () => {
    fake("tools/code-server");
    expect(launch("code-server").run).toContain("--bind-addr 0.0.0.0:8443 --auth password");
    const loopback = { SERVICE_HOST: "127.0.0.1" };
    expect(launch("code-server", loopback).run).toContain("--bind-addr 127.0.0.1:8443 --auth none");
    secrets("CODE_SERVER_PASSWORD=abc");
    const withPassword = launch("code-server", loopback);
    expect(withPassword.run).toContain("--auth password");
    expect(withPassword.env.PASSWORD).toBe("abc");
  });

  it("runs ComfyUI with the Python of its environment", () => {
    fake("repos/ComfyUI/main.py");
    const python = fake("venvs/core/bin/python");
    const { run, cwd } = launch("comfy", { COMFY_PORT: "15555" });
    expect(run).toContain(`${python} main.py --listen 0.0.0.0 --port 15555`);
    expect(cwd).toBe(join(dir, "repos/ComfyUI"));
  });

  it("runs Kohya with its training scripts importable", () => {
    fake("repos/kohya_ss/kohya_gui.py");
    const python = fake("venvs/core/bin/python");
    const { run, env } = launch("kohya");
    expect(run).toContain(`${python} kohya_gui.py --headless --listen 0.0.0.0 --server_port 6666`);
    expect(env.PYTHONPATH).toBe(join(dir, "repos/kohya_ss/sd-scripts"));
  });

  it("runs TensorBoard over the logs of diffusion-pipe", () => {
    const app = fake("venvs/diffpipe/bin/tensorboard");
    const logs = join(dir, "workspace/logs/diffusion-pipe");
    const expected = `${app} --logdir ${logs} --host 0.0.0.0 --port 4444`;
    expect(launch("diffpipe").run).toBe(expected);
  });

  it("runs InvokeAI with its root in the workspace", () => {
    const app = fake("venvs/invoke/bin/invokeai-web");
    const { run, env } = launch("invoke", { INVOKE_PORT: "19090" });
    expect(run).toBe(`${app} --root ${join(dir, "workspace/invokeai")}`);
    expect(env).toMatchObject({ INVOKEAI_HOST: "0.0.0.0", INVOKEAI_PORT: "19090" });
  });

  it("keeps the Copilot sidecar on this machine, whatever the others listen on", () => {
    fake("apps/CopilotSidecar/app.py");
    const python = fake("venvs/core/bin/python");
    const { run } = launch("copilot", { SERVICE_HOST: "0.0.0.0" });
    expect(run).toContain(`${python} -m uvicorn app:app --host 127.0.0.1 --port 7879`);
  });
});

describe("a command of supervisord.conf", () => {
  it("hands the Copilot token on under the names GitHub's tools read", () => {
    fake("apps/CopilotSidecar/app.py");
    fake("venvs/core/bin/python");
    secrets("COPILOT_GITHUB_TOKEN='t o k'\n");
    const { env } = command("copilot");
    expect(env).toMatchObject({ GH_TOKEN: "t o k", GITHUB_TOKEN: "t o k" });
  });

  it("starts the Copilot sidecar without secrets too", () => {
    fake("apps/CopilotSidecar/app.py");
    fake("venvs/core/bin/python");
    expect(command("copilot").env).not.toHaveProperty("GH_TOKEN");
  });

  it("updates the database of AI Toolkit, then runs its UI", () => {
    fake("repos/ai-toolkit/ui/.next/BUILD_ID");
    fake("tools/npm");
    const { lines, cwd } = command("ai-toolkit", { AI_TOOLKIT_PORT: "18675" });
    const npm = join(dir, "tools/npm");
    const runs = lines.filter((line) => line.startsWith("run "));
    expect(runs).toEqual([`run ${npm} run update_db`, `run ${npm} run start`]);
    expect(lines).toContain("PORT=18675");
    expect(cwd).toBe(join(dir, "repos/ai-toolkit/ui"));
  });

  it("looks for apps where supervisord does, though a login shell has a PATH of its own", () => {
    const app = fake("tools/tensorboard");
    expect(command("diffpipe").run).toContain(app);
  });

  it("runs the built ControlPilot where the environment says", () => {
    mkdirSync(join(dir, "portal"));
    const program = `const { PORT, HOSTNAME, NODE_ENV } = process.env;
      console.log(JSON.stringify({ PORT, HOSTNAME, NODE_ENV, in: process.cwd() }));`;
    writeFileSync(join(dir, "portal", "server.js"), program);
    const { lines } = command("controlpilot", {
      CONTROLPILOT_HOME: join(dir, "portal"),
      PORTAL_PORT: "17878",
    });
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      PORT: "17878",
      HOSTNAME: "0.0.0.0",
      NODE_ENV: "production",
      in: join(dir, "portal"),
    });
  });

  it("says how to build ControlPilot where it is not built", () => {
    const { code, stderr } = command("controlpilot", { CONTROLPILOT_HOME: join(dir, "nothing") });
    expect([code, stderr.trim()]).toEqual([
      1,
      "ControlPilot is not built: no server.js. Run: npm run build",
    ]);
  });
});

describe("a launcher whose app is absent", () => {
  it.each([
    ["jupyter", "{dir}/venvs/tools/bin/jupyter-lab"],
    ["code-server", "code-server (looked for on PATH)"],
    ["comfy", "{dir}/repos/ComfyUI/main.py"],
    ["kohya", "{dir}/repos/kohya_ss/kohya_gui.py"],
    ["diffpipe", "{dir}/venvs/diffpipe/bin/tensorboard"],
    ["invoke", "{dir}/venvs/invoke/bin/invokeai-web"],
    ["copilot", "{dir}/apps/CopilotSidecar/app.py"],
  ] as const)("says that %s is not installed, and fails", (name, path) => {
    const { code, stderr } = launch(name);
    const sentence = `${apps[name].display} is not installed: no program at ${path.replace("{dir}", dir)}.`;
    expect([code, stderr.trim()]).toEqual([127, sentence]);
  });

  it("ends AI Toolkit well, and late enough not to count as a failed start", () => {
    fake("tools/sleep", '#!/bin/bash\necho "slept $1"\n');
    const { code, stderr, lines } = command("ai-toolkit");
    const path = join(dir, "repos/ai-toolkit/ui/.next/BUILD_ID");
    expect(stderr.trim()).toBe(`AI Toolkit is not installed: no program at ${path}.`);
    expect([code, lines[0]]).toEqual([0, "slept 6"]);
  });

  it("becomes the stand-in where stand-ins are wanted", async () => {
    const port = await freePort();
    const child = spawn("bash", [join(SCRIPTS, "comfy.sh")], {
      env: environment({
        COMFY_PORT: String(port),
        CONTROLPILOT_STAND_INS: "1",
        SERVICE_HOST: "127.0.0.1",
      }),
      stdio: "ignore",
    });
    expect(await waitFor(() => read(`http://127.0.0.1:${port}/`))).toContain("Comfy UI");
    expect(await end(child)).toBe(0);
  });
});

describe.skipIf(!which("jupyter-notebook"))("the real jupyter-notebook of this machine", () => {
  it("answers on its port without a token in local mode, and stops when told", async () => {
    const port = await freePort();
    const child = spawn("bash", [join(SCRIPTS, "start-jupyter.sh")], {
      env: {
        ...environment({ JUPYTER_PORT: String(port), SERVICE_HOST: "127.0.0.1" }),
        PATH: process.env.PATH,
        HOME: dir,
      },
      stdio: "ignore",
    });
    const contents = await waitFor(() => read(`http://127.0.0.1:${port}/api/contents`), 20_000);
    expect(JSON.parse(contents).content[0].name).toBe("config");
    expect([0, null]).toContain(await end(child));
  });
});

type Result = {
  code: number | null;
  stderr: string;
  lines: string[];
  run: string;
  cwd: string;
  env: Record<string, string>;
};

function launch(name: string, extra: Record<string, string> = {}): Result {
  return runShell([join(SCRIPTS, LAUNCHERS[name] ?? "")], extra);
}

/** As supervisord runs it, but for the folders. */
function command(name: string, extra: Record<string, string> = {}): Result {
  const conf = renderConf(readFileSync(CONF, "utf8"), {
    workspace: join(dir, "workspace"),
    scripts: SCRIPTS,
    socket: "/nowhere",
    pidfile: "/nowhere",
    inetPort: null,
    isRoot: false,
  });
  const after = conf.slice(conf.indexOf(`[program:${name}]`));
  return runShell(["-c", after.match(/^command=(.+)$/m)?.[1] ?? ""], extra);
}

function runShell(args: string[], extra: Record<string, string>): Result {
  const { status, stdout, stderr } = spawnSync("bash", args, {
    env: environment(extra),
    encoding: "utf8",
    timeout: 15_000,
  });
  const lines = stdout.split("\n");
  const after = (prefix: string) =>
    lines.findLast((line) => line.startsWith(prefix))?.slice(prefix.length) ?? "";
  const pairs = lines.map((line) => line.match(/^(\w+)=(.*)$/)?.slice(1) ?? []);
  return {
    code: status,
    stderr,
    lines,
    run: after("run "),
    cwd: after("in "),
    env: Object.fromEntries(pairs.filter((pair) => pair.length === 2)),
  };
}

function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const path = join(dir, "tools");
  return {
    NODE_ENV: "test",
    PATH: path,
    PILOT_PATH: path,
    HOME: dir,
    WORKSPACE_ROOT: join(dir, "workspace"),
    PILOT_REPOS_DIR: join(dir, "repos"),
    PILOT_VENVS_DIR: join(dir, "venvs"),
    ...extra,
  };
}

function fake(path: string, text = FAKE): string {
  const full = join(dir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, 0o755);
  return full;
}

function secrets(text: string): void {
  writeFileSync(join(dir, "workspace/config/secrets.env"), text);
}

function link(tool: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  symlinkSync(tool, join(folder, tool === process.execPath ? "node" : tool.replace(/.*\//, "")));
}

function which(tool: string): string {
  return spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
}

async function read(url: string): Promise<string | null> {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

async function end(child: ChildProcess): Promise<number | null> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  return (await ended)[0];
}
