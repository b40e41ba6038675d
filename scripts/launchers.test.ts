import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import apps from "@/scripts/apps.json";
import { freePort } from "./testing/free-port";
import { Machine, SCRIPTS, which } from "./testing/launchers";

const LOOPBACK = { SERVICE_HOST: "127.0.0.1" };

let machine: Machine;

beforeEach(() => {
  machine = new Machine();
});

afterEach(() => machine.remove());

describe("Jupyter", () => {
  const originPattern = (run: string) =>
    new RegExp(`^${run.match(/--ServerApp\.allow_origin_pat=(\S+)/)?.[1]}`);

  it("runs as Lab in the workspace, on its port, with nothing to click", () => {
    const app = machine.fake("venvs/tools/bin/jupyter-lab");
    const { run, cwd } = machine.launch("jupyter", { JUPYTER_PORT: "18888" });
    expect(run).toContain(`${app} --no-browser --ip=0.0.0.0 --port=18888`);
    expect(run).toContain("--ServerApp.allow_remote_access=True");
    expect(run).not.toContain("NotebookApp");
    expect(cwd).toBe(machine.workspace);
  });

  it("keeps what it keeps in the workspace, and what must be private out of it", () => {
    machine.fake("venvs/tools/bin/jupyter-lab");
    const runtime = machine.path("private");
    const { env } = machine.launch("jupyter", { JUPYTER_RUNTIME_DIR: runtime });
    expect(env).toMatchObject({
      JUPYTER_CONFIG_DIR: join(machine.workspace, "config/jupyter"),
      JUPYTER_DATA_DIR: join(machine.workspace, "cache/jupyter"),
      IPYTHONDIR: join(machine.workspace, "cache/ipython"),
      JUPYTER_RUNTIME_DIR: runtime,
    });
    expect(machine.has("workspace/cache/ipython")).toBe(true);
    expect(lstatSync(runtime).mode & 0o777).toBe(0o700);
    expect(machine.launch("jupyter").env.JUPYTER_RUNTIME_DIR).toMatch(/^\/tmp\/jupyter-runtime-/);
  });

  it("lets pages of this machine and of RunPod's proxy in, and what the user adds", () => {
    machine.fake("venvs/tools/bin/jupyter-lab");
    const usual = originPattern(machine.launch("jupyter").run);
    const mine = { JUPYTER_ALLOW_ORIGIN_PAT: "https://a\\.example|https://b\\.example" };
    const widened = originPattern(machine.launch("jupyter", mine).run);
    const known = [
      "http://localhost:7878",
      "http://127.0.0.1",
      "https://abc-8888.proxy.runpod.net",
    ];
    for (const origin of known) {
      expect(origin).toMatch(usual);
      expect(origin).toMatch(widened);
    }
    const foreign = [
      "https://abc.proxy.runpod.net.evil.example",
      "http://localhost.evil.example",
      "https://evil.example/x.proxy.runpod.net",
    ];
    for (const origin of foreign) {
      expect(origin).not.toMatch(usual);
      expect(origin).not.toMatch(widened);
    }
    expect("https://b.example").toMatch(widened);
    expect("https://b.example.evil.example").not.toMatch(widened);
  });

  it("asks for its token everywhere but on this machine alone, and there if one is set", () => {
    machine.fake("venvs/tools/bin/jupyter-lab");
    expect(machine.launch("jupyter").run).not.toContain("token");
    expect(machine.launch("jupyter", LOOPBACK).run).toContain("--ServerApp.token=");
    machine.secrets("JUPYTER_TOKEN=abc");
    const withToken = machine.launch("jupyter", LOOPBACK);
    expect(withToken.run).not.toContain("token");
    expect(withToken.env.JUPYTER_TOKEN).toBe("abc");
  });

  it("runs as Debian's jupyter-notebook where there is no Lab", () => {
    const app = machine.fake("tools/jupyter-notebook");
    const { run } = machine.launch("jupyter", LOOPBACK);
    expect(run).toContain(`${app} --no-browser`);
    expect(run).toContain("--NotebookApp.allow_remote_access=True");
    expect(run).toContain("--NotebookApp.token=");
  });
});

describe("code-server", () => {
  it("opens without a password on this machine alone", () => {
    machine.fake("tools/code-server");
    const port = { CODE_SERVER_PORT: "18443" };
    expect(machine.launch("code-server", port).run).toContain(
      "--bind-addr 0.0.0.0:18443 --auth password",
    );
    expect(machine.launch("code-server", LOOPBACK).run).toContain(
      "--bind-addr 127.0.0.1:8443 --auth none",
    );
    machine.secrets("CODE_SERVER_PASSWORD=abc");
    const withPassword = machine.launch("code-server", LOOPBACK);
    expect(withPassword.run).toContain("--auth password");
    expect(withPassword.env.PASSWORD).toBe("abc");
  });

  it("keeps settings and extensions in the workspace", () => {
    machine.fake("tools/code-server");
    const home = join(machine.workspace, "apps/codeserver");
    expect(machine.launch("code-server").run).toContain(
      `--config ${home}/config/config.yaml --user-data-dir ${home}/data --extensions-dir ${home}/extensions`,
    );
    const dirs = {
      CODE_SERVER_DATA_DIR: machine.path("d"),
      CODE_SERVER_CONFIG_DIR: machine.path("c"),
    };
    expect(machine.launch("code-server", dirs).run).toContain(
      `--config ${machine.path("c/config.yaml")} --user-data-dir ${machine.path("d")}`,
    );
  });

  it("goes on with those of the original image", () => {
    machine.fake("tools/code-server");
    const old = join(machine.workspace, "code-server");
    machine.write("workspace/code-server/data/x", "");
    machine.write("workspace/code-server/extensions/x", "");
    const settings = "workspace/home/root/.config/code-server/config.yaml";
    machine.write(settings, "cert: true\n");
    expect(machine.launch("code-server").run).toContain(
      `--config ${machine.path(settings)} --user-data-dir ${old}/data --extensions-dir ${old}/extensions`,
    );
  });
});

describe("ComfyUI", () => {
  /** The folders in which ComfyUI would search, for each kind. */
  function placesOf(run: string): Record<string, string[]> {
    const file = run.match(/--extra-model-paths-config (.+?\.yaml)/)?.[1] ?? "";
    const places: Record<string, string[]> = {};
    let base = "";
    for (const [, key = "", value = ""] of readFileSync(file, "utf8").matchAll(
      /^ {2}(\w+): (.+)$/gm,
    )) {
      if (key === "base_path") base = scalar(value);
      else if (key === "is_default") expect(value).toBe("true");
      else
        places[key] = scalar(value)
          .split("\n")
          .map((folder) => `${base}/${folder}`);
    }
    return places;
  }

  /** Of the three kinds that YAML has. */
  function scalar(text: string): string {
    if (text.startsWith('"')) return JSON.parse(text);
    return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
  }

  beforeEach(() => {
    machine.fake("repos/ComfyUI/main.py");
  });

  it("runs with the Python and the tools of its environment", () => {
    const python = machine.fake("venvs/core/bin/python");
    const { run, cwd, env } = machine.launch("comfy", { COMFY_PORT: "15555" });
    expect(run).toContain(`${python} main.py --listen 0.0.0.0 --port 15555`);
    expect(cwd).toBe(machine.path("repos/ComfyUI"));
    expect(env.PATH).toContain(`${machine.path("venvs/core/bin")}:`);
    expect(env.VIRTUAL_ENV).toBe(machine.path("venvs/core"));
  });

  it("has its models, nodes and results in the workspace, its checkout untouched", () => {
    machine.fake("venvs/core/bin/python");
    const { workspace } = machine;
    const { run } = machine.launch("comfy");
    const folders = ["--output-directory", `${workspace}/outputs/comfy`, "--input-directory"];
    expect(run).toContain([...folders, `${workspace}/apps/comfy/input`].join(" "));
    expect(run).toContain(`--user-directory ${workspace}/apps/comfy/user`);
    const places = placesOf(run);
    expect(places).toMatchObject({
      checkpoints: [`${workspace}/models/checkpoints`],
      diffusion_models: [`${workspace}/models/unet`, `${workspace}/models/diffusion_models`],
      text_encoders: [`${workspace}/models/clip`, `${workspace}/models/text_encoders`],
      custom_nodes: [`${workspace}/apps/comfy/custom_nodes`],
    });
    expect(Object.keys(places)).toHaveLength(21);
    expect(machine.has("repos/ComfyUI/models")).toBe(false);
  });

  it("finds a workspace whatever its name is", () => {
    machine.fake("venvs/core/bin/python");
    const workspace = machine.path("it's: 50% #1");
    const { run } = machine.launch("comfy", { WORKSPACE_ROOT: workspace });
    expect(placesOf(run).loras).toEqual([`${workspace}/models/loras`]);
  });

  it("leaves the links of the original image as they are", () => {
    machine.fake("venvs/core/bin/python");
    for (const name of ["models", "user", "custom_nodes"]) {
      symlinkSync(machine.workspace, machine.path("repos/ComfyUI", name));
    }
    expect(machine.launch("comfy").run).not.toMatch(/user-directory|extra-model-paths/);
  });

  it("starts, and names what is amiss, where the folders cannot be made", () => {
    machine.fake("venvs/core/bin/python");
    const file = machine.write("a-file", "");
    const nowhere = { WORKSPACE_ROOT: join(file, "w"), PILOT_RUN_DIR: join(file, "run") };
    const { run, stderr } = machine.launch("comfy", nowhere);
    expect(run).toContain("main.py");
    expect(run).not.toContain("extra-model-paths");
    expect(stderr).toContain(`Comfy UI lacks a folder: cannot create directory `);
    expect(stderr.trim().split("\n")).toHaveLength(3);
    expect(stderr).toContain(`Comfy UI does not find the models in ${file}/w/models`);
  });
});

describe("the other launchers", () => {
  it("run Kohya with its training scripts importable and its tools on PATH", () => {
    machine.fake("repos/kohya_ss/kohya_gui.py");
    const python = machine.fake("venvs/core/bin/python");
    const { run, env } = machine.launch("kohya");
    expect(run).toContain(`${python} kohya_gui.py --headless --listen 0.0.0.0 --server_port 6666`);
    expect(env.PYTHONPATH).toBe(machine.path("repos/kohya_ss/sd-scripts"));
    expect(env.PATH).toContain(`${machine.path("venvs/core/bin")}:`);
  });

  it("run InvokeAI with its root in the workspace, and the models and results of all", () => {
    const app = machine.fake("venvs/invoke/bin/invokeai-web");
    const { run, env } = machine.launch("invoke", { INVOKE_PORT: "19090" });
    const root = join(machine.workspace, "invokeai");
    expect(run).toBe(`${app} --root ${root}`);
    expect(env).toMatchObject({ INVOKEAI_HOST: "0.0.0.0", INVOKEAI_PORT: "19090" });
    expect(readlinkSync(join(root, "models"))).toBe(join(machine.workspace, "models"));
    expect(readlinkSync(join(root, "outputs"))).toBe(join(machine.workspace, "outputs/invoke"));
  });

  it("touch nothing that InvokeAI has already, and heed its own settings", () => {
    machine.fake("venvs/invoke/bin/invokeai-web");
    machine.write("workspace/invokeai/models/mine", "");
    const own = { INVOKEAI_HOST: "127.0.0.2", INVOKEAI_PORT: "1999", INVOKE_PORT: "19090" };
    const { env, stderr } = machine.launch("invoke", own);
    expect(env).toMatchObject({ INVOKEAI_HOST: "127.0.0.2", INVOKEAI_PORT: "1999" });
    expect(machine.has("workspace/invokeai/models/mine")).toBe(true);
    expect(stderr).toBe("");
  });

  it("keep the Copilot sidecar on this machine, whatever the others listen on", () => {
    machine.fake("apps/CopilotSidecar/app.py");
    const python = machine.fake("venvs/core/bin/python");
    const { run, env } = machine.launch("copilot", { SERVICE_HOST: "0.0.0.0" });
    expect(run).toContain(`${python} -m uvicorn app:app --host 127.0.0.1 --port 7879`);
    const home = join(machine.workspace, "home/root");
    expect(env).toMatchObject({
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      COPILOT_CWD: machine.workspace,
      COPILOT_TIMEOUT_SECONDS: "1800",
    });
    expect(existsSync(join(home, ".config"))).toBe(true);
  });

  it("take a home of its own for the Copilot sidecar where one is set", () => {
    machine.fake("apps/CopilotSidecar/app.py");
    machine.fake("venvs/core/bin/python");
    const own = { COPILOT_HOME: machine.path("h"), COPILOT_CWD: "/", COPILOT_TIMEOUT_SECONDS: "5" };
    const { env } = machine.launch("copilot", own);
    const paths = { HOME: machine.path("h"), XDG_CONFIG_HOME: machine.path("h/.config") };
    expect(env).toMatchObject({ ...paths, COPILOT_CWD: "/", COPILOT_TIMEOUT_SECONDS: "5" });
  });

  it.each([
    ["jupyter", "venvs/tools/bin/jupyter-lab"],
    ["comfy", "venvs/core/bin/python"],
    ["kohya", "venvs/core/bin/python"],
    ["diffpipe", "venvs/diffpipe/bin/tensorboard"],
    ["invoke", "venvs/invoke/bin/invokeai-web"],
  ] as const)("hand the Hugging Face token to %s", (name, program) => {
    machine.fake("repos/ComfyUI/main.py");
    machine.fake("repos/kohya_ss/kohya_gui.py");
    machine.fake(program);
    machine.secrets("export HF_TOKEN='hf_x'\n");
    expect(machine.launch(name).env.HF_TOKEN).toBe("hf_x");
  });

  it("are the app itself in the end, so that a signal reaches it and it may take its time", async () => {
    machine.fake("repos/ComfyUI/main.py");
    const slow =
      'trap "sleep 0.3; echo saved; exit 0" TERM\necho up\nwhile :; do sleep 0.05; done\n';
    machine.fake("venvs/core/bin/python", `#!/bin/bash\n${slow}`);
    const { child, said, ended } = machine.startLauncher("comfy");
    await waitFor(() => said().includes("up"));
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(said()).toContain("saved");
  });
});

describe("a command of supervisord.conf", () => {
  it("hands the Copilot token on under the names GitHub's tools read", () => {
    machine.fake("apps/CopilotSidecar/app.py");
    machine.fake("venvs/core/bin/python");
    machine.secrets("COPILOT_GITHUB_TOKEN='t o k'\n");
    const { env } = machine.command("copilot");
    expect(env).toMatchObject({ GH_TOKEN: "t o k", GITHUB_TOKEN: "t o k" });
  });

  it("starts the Copilot sidecar without secrets too", () => {
    machine.fake("apps/CopilotSidecar/app.py");
    machine.fake("venvs/core/bin/python");
    expect(machine.command("copilot").env).not.toHaveProperty("GH_TOKEN");
  });

  it("looks for apps where supervisord does, though a login shell has a PATH of its own", () => {
    const app = machine.fake("tools/tensorboard");
    expect(machine.command("diffpipe").run).toContain(app);
  });

  it("runs the built ControlPilot where the environment says, without the secrets of others", () => {
    const program = `const { PORT, HOSTNAME, NODE_ENV, JUPYTER_TOKEN } = process.env;
      console.log(JSON.stringify({ PORT, HOSTNAME, NODE_ENV, JUPYTER_TOKEN, in: process.cwd() }));`;
    machine.write("portal/server.js", program);
    machine.secrets("JUPYTER_TOKEN=abc\n");
    const home = machine.path("portal");
    const { lines } = machine.command("controlpilot", {
      CONTROLPILOT_HOME: home,
      PORTAL_PORT: "17878",
    });
    const expected = { PORT: "17878", HOSTNAME: "0.0.0.0", NODE_ENV: "production", in: home };
    expect(JSON.parse(lines[0] ?? "")).toEqual(expected);
  });

  it("says how to build ControlPilot where it is not built", () => {
    const { code, stderr } = machine.command("controlpilot", {
      CONTROLPILOT_HOME: machine.path("nothing"),
    });
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
  ] as const)("says that %s is not installed, and ends cleanly", (name, path) => {
    const { code, stderr } = machine.launch(name);
    const sentence = `${apps[name].display} is not installed: no program at ${path.replace("{dir}", machine.dir)}.`;
    expect([code, stderr.trim()]).toEqual([0, sentence]);
  });

  it("becomes the stand-in where stand-ins are wanted", async () => {
    const port = await freePort();
    const wanted = { COMFY_PORT: String(port), CONTROLPILOT_STAND_INS: "1" };
    const { child, ended } = machine.startLauncher("comfy", { ...wanted, ...LOOPBACK });
    expect(await waitFor(() => read(`http://127.0.0.1:${port}/`))).toContain("Comfy UI");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

describe.skipIf(!which("jupyter-notebook"))("the real jupyter-notebook of this machine", () => {
  it("answers on its port without a token in local mode, and stops when told", async () => {
    const port = await freePort();
    mkdirSync(machine.path("runtime"));
    const { child, ended } = machine.start([join(SCRIPTS, "start-jupyter.sh")], {
      JUPYTER_PORT: String(port),
      JUPYTER_RUNTIME_DIR: machine.path("runtime"),
      PATH: process.env.PATH ?? "",
      PILOT_PATH: "",
      ...LOOPBACK,
    });
    const url = `http://127.0.0.1:${port}/api/contents`;
    const contents = JSON.parse(await waitFor(() => read(url), 30_000));
    const names = contents.content.map(({ name }: { name: string }) => name);
    expect(names).toContain("config");
    const origin = "https://abc-8888.proxy.runpod.net";
    const answer = await fetch(url, { headers: { origin } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    const foreign = await fetch(url, { headers: { origin: `${origin}.evil.example` } });
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    child.kill("SIGTERM");
    const [code] = await ended;
    expect([0, null]).toContain(code);
  }, 60_000);
});

async function read(url: string): Promise<string | null> {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? answer.text() : null;
}
