import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createRemote,
  FILE_SUBMODULES,
  picture,
  type Remote,
  removeFolders,
  writeFiles,
} from "@/lib/server/testing/git-remotes";
import { createIndex } from "@/lib/server/testing/package-index";
import { sourceFiles } from "@/lib/server/testing/package-release";
import { createVenv, type RealVenv } from "@/lib/server/testing/real-venv";
import { createInstallRoot, type InstallRoot } from "../testing/install-root";

// Each makes an environment with pip in it, with one core for all of them at times.
vi.setConfig({ testTimeout: 120_000 });

let venv: RealVenv;
let machine: InstallRoot;

beforeAll(async () => {
  venv = await createVenv();
});

beforeEach(async () => {
  for (const [name, value] of Object.entries(FILE_SUBMODULES)) vi.stubEnv(name, value);
  machine = await createInstallRoot();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await machine.end();
});

afterAll(async () => {
  await venv.remove();
  removeFolders();
});

describe("comfy.sh", () => {
  const TORCH = { TORCH_VERSION: "2.11.0", TORCHVISION_VERSION: "0.26.0", TORCHAUDIO_VERSION: "" };
  let remote: Remote;

  beforeEach(async () => {
    await machine.giveEnvironment("core", venv);
    remote = createRemote({ "main.py": "", "requirements.txt": "widget\ntorch\n" });
    remote.tag("v0.27.0");
    machine.index.release("widget", "1.0", { requires: ["torch"] });
    machine.index.release("torch", "2.11.0");
    machine.index.release("torch", "2.12.0");
    machine.index.release("torchvision", "0.26.0");
  });

  const install = (settings: Record<string, string> = {}) =>
    machine.run("comfy.sh", { COMFY_URL: remote.url, COMFY_REF: "v0.27.0", ...TORCH, ...settings });

  it("brings the pinned tag, an environment with the pinned torch, and the constraints that keep it", async () => {
    const tagged = remote.head();
    const newest = remote.commit({ "main.py": "new" });
    expect(await install()).toMatchObject({ code: 0 });

    const installed = await machine.installed("comfy");
    if (installed?.kind !== "git") throw new Error("not installed");
    expect(installed).toMatchObject({
      repoDir: machine.path("opt/pilot/repos/ComfyUI"),
      venvDir: machine.path("opt/venvs/core"),
      checkout: {
        head: tagged,
        branch: null,
        label: `v0.27.0@${tagged.slice(0, 7)}`,
        remoteUrl: remote.url,
        shallow: true,
        localChanges: [],
      },
    });
    expect(await machine.git.newest(installed.checkout)).toEqual({ branch: "master", sha: newest });
    expect(machine.read("opt/pilot/config/core-constraints.txt").split("\n").slice(1)).toEqual([
      "torch==2.11.0",
      "torchvision==0.26.0",
      "",
    ]);
    expect(machine.read("apt").split("\n")).toContain("libgl1");
    expect(machine.leftovers()).toEqual([]);
  });

  it("changes nothing when it runs again, and asks nobody for what is there", async () => {
    await install();
    const before = [picture(machine.path("opt/pilot/repos/ComfyUI")), state()];
    remote.git("tag", "--delete", "v0.27.0");
    expect(await install()).toMatchObject({ code: 0 });
    expect([picture(machine.path("opt/pilot/repos/ComfyUI")), state()]).toEqual(before);
  });

  it("takes torch from an index of its own, and its build stays when the app is installed", async () => {
    const ofTorch = await createIndex();
    ofTorch.release("torch", "2.11.0+cpu");
    ofTorch.release("torchvision", "0.26.0+cpu");
    try {
      expect(await install({ TORCH_INDEX_URL: ofTorch.url })).toMatchObject({ code: 0 });
      expect(machine.read("opt/pilot/config/core-constraints.txt")).toContain(
        "torch==2.11.0+cpu\n",
      );
    } finally {
      await ofTorch.stop();
    }
  });

  it("leaves the torch and the constraints of the base as they are", async () => {
    await install({ TORCH_VERSION: "2.12.0", TORCHVISION_VERSION: "" });
    const own = "torch==2.12.0\nnumpy<2\n";
    writeFiles(machine.root, { "opt/pilot/config/core-constraints.txt": own });
    expect(await install()).toMatchObject({ code: 0 });
    expect(machine.read("opt/pilot/config/core-constraints.txt")).toBe(own);
    expect(state()).toContain("torch-2.12.0.dist-info");
  });

  it("says what failed where pip finds no package", async () => {
    remote.commit({ "requirements.txt": "nobody-has-this\n" });
    const { code, said, last } = await install({ COMFY_REF: "master" });
    expect(code).toBe(1);
    expect(said).toContain("nobody-has-this");
    expect(last).toBe(
      "Comfy UI cannot be installed: installing the packages of ComfyUI failed for the reason above (exit code 1).",
    );
    expect(machine.leftovers()).toEqual([]);
  });

  it("does nothing where it is not wanted, and refuses what is neither yes nor no", async () => {
    expect(await install({ INSTALL_COMFY: "0" })).toEqual({ code: 0, said: "", last: "" });
    expect(await install({ INSTALL_COMFY: "" })).toEqual({ code: 0, said: "", last: "" });
    expect(await install({ INSTALL_COMFY: "maybe" })).toMatchObject({
      code: 1,
      last: 'Comfy UI cannot be installed: INSTALL_COMFY is "maybe", which is neither 1 nor 0.',
    });
    expect(await install({ COMFY_REF: "" })).toMatchObject({
      last: "Comfy UI cannot be installed: COMFY_REF is not set.",
    });
    expect(machine.has("opt/pilot")).toBe(false);
  });

  function state(): string {
    return machine.list("opt").join("\n");
  }
});

it("kohya.sh brings the training scripts, which are a submodule, and links them into the environment", async () => {
  await machine.giveEnvironment("kohya", venv);
  const scripts = createRemote(sourceFiles("library", "1.0"));
  const remote = createRemote({ "kohya_gui.py": "", "requirements.txt": "-e ./sd-scripts\n" });
  const sha = remote.addSubmodule("sd-scripts", scripts);
  for (const name of ["bitsandbytes", "tensorboard"]) machine.index.release(name, "0.49.2");
  for (const version of ["5.50", "6.0"]) machine.index.release("gradio", version);
  const settings = { KOHYA_URL: remote.url, KOHYA_REF: sha, BITSANDBYTES_VERSION: "0.49.2" };
  expect(await machine.run("kohya.sh", settings)).toMatchObject({ code: 0 });
  expect(await machine.installed("kohya")).toMatchObject({
    venvDir: machine.path("opt/venvs/kohya"),
    checkout: { head: sha, localChanges: [] },
  });
  expect(machine.has("opt/pilot/repos/kohya_ss/sd-scripts/library/__init__.py")).toBe(true);
  const python = machine.path("opt/venvs/kohya/bin/python");
  const script = "import library, gradio; print(library.__file__, gradio.__version__)";
  expect(execFileSync(python, ["-I", "-c", script], { encoding: "utf8" }).trim()).toBe(
    `${machine.path("opt/pilot/repos/kohya_ss/sd-scripts/library/__init__.py")} 5.50`,
  );
});

it("diffpipe.sh adds the pinned TensorBoard, and what compiles for the Python that it takes", async () => {
  const withoutHeaders = '#!/bin/bash\n[[ $* != *Python.h* ]] && exec /usr/bin/python3 "$@"\n';
  writeFiles(machine.root, { "tools/python3.11": { executable: withoutHeaders } });
  await machine.giveEnvironment("diffpipe", venv);
  const remote = createRemote({ "train.py": "", "requirements.txt": "tensorboard\n" });
  const scripts = { tensorboard: "tensorboard:main" };
  for (const version of ["2.21.0", "2.22.0"])
    machine.index.release("tensorboard", version, { scripts });
  const settings = {
    DIFFPIPE_URL: remote.url,
    DIFFPIPE_REF: remote.head(),
    TENSORBOARD_VERSION: "2.21.0",
  };
  expect(await machine.run("diffpipe.sh", settings)).toMatchObject({ code: 0 });
  expect(machine.has("opt/venvs/diffpipe/bin/tensorboard")).toBe(true);
  expect(machine.list("opt/venvs").join()).toContain("tensorboard-2.21.0.dist-info");
  expect(await machine.installed("diffpipe")).toMatchObject({ checkout: { head: remote.head() } });
  expect(machine.read("apt").split("\n")).toEqual(
    expect.arrayContaining(["build-essential", "python3.11-dev"]),
  );
});

it("invoke.sh brings the pinned version with the torch that it names", async () => {
  await machine.giveEnvironment("invoke", venv);
  const scripts = { "invokeai-web": "invokeai:main" };
  for (const version of ["6.13.5", "6.14.0"]) {
    machine.index.release("invokeai", version, { scripts, requires: ["torch==2.7.1"] });
  }
  machine.index.release("torch", "2.7.1");
  machine.index.release("torch", "2.11.0");
  const run = () => machine.run("invoke.sh", { INVOKEAI_VERSION: "6.13.5" });
  for (const _ of ["first", "second"]) {
    expect(await run()).toMatchObject({ code: 0 });
    expect(await machine.installed("invoke")).toMatchObject({ kind: "pip", version: "6.13.5" });
    expect(machine.has("opt/venvs/invoke/bin/invokeai-web")).toBe(true);
    expect(machine.read("opt/pilot/config/invoke-constraints.txt")).toMatch(/\ntorch==2\.7\.1\n$/);
  }
});

it("jupyter.sh makes the environment for tools and installs the pinned version", async () => {
  machine.index.release("jupyterlab", "4.6.1", { scripts: { "jupyter-lab": "jupyterlab:main" } });
  machine.index.release("ipywidgets", "8.1.8");
  const settings = { JUPYTERLAB_VERSION: "4.6.1", IPYWIDGETS_VERSION: "8.1.8" };
  expect(await machine.run("jupyter.sh", settings)).toMatchObject({ code: 0 });
  expect(machine.has("opt/venvs/tools/bin/jupyter-lab")).toBe(true);
  expect(machine.has("opt/pilot/config")).toBe(false);
  const wrong = { ...settings, JUPYTERLAB_VERSION: "9.9" };
  const { code, last } = await machine.run("jupyter.sh", wrong);
  expect([code, last]).toEqual([1, expect.stringContaining("installing jupyterlab 9.9 failed")]);
  expect(machine.has("opt/venvs/tools/bin/jupyter-lab")).toBe(true);
});

describe("ai-toolkit.sh", () => {
  const BUILD = `
const { mkdirSync, writeFileSync } = require("node:fs");
const { join, dirname } = require("node:path");
mkdirSync(".next", { recursive: true });
writeFileSync(".next/BUILD_ID", String(process.pid));
mkdirSync(join(process.env.HOME, ".cache"), { recursive: true });
writeFileSync(process.env.DATABASE_URL.replace("file:", ""), "");
`;
  const scripts = { build: "node build.cjs" };
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const lock = { name: "ui", lockfileVersion: 3, packages: { "": { name: "ui" } } };
  const FILES = {
    ".gitignore": ".next\nnode_modules\n",
    "run.py": "",
    "requirements.txt": "",
    "ui/build.cjs": BUILD,
    "ui/package.json": json({ name: "ui", scripts }),
    "ui/package-lock.json": json(lock),
  };
  const PAGES = "opt/pilot/repos/ai-toolkit/ui";

  beforeEach(() => machine.giveEnvironment("ai-toolkit", venv));

  const install = ({ url }: Remote, ref: string) =>
    machine.run("ai-toolkit.sh", { AI_TOOLKIT_URL: url, AI_TOOLKIT_REF: ref });

  it("builds the web pages once for each commit, and nothing of it lies elsewhere", async () => {
    const remote = createRemote(FILES);
    expect(await install(remote, remote.head())).toMatchObject({ code: 0 });
    const first = machine.read(PAGES, ".next/BUILD_ID");
    expect(await machine.installed("ai-toolkit")).toMatchObject({
      checkout: { head: remote.head(), localChanges: [] },
    });
    expect(machine.leftovers()).toEqual([]);

    expect(await install(remote, remote.head())).toMatchObject({ code: 0 });
    expect(machine.read(PAGES, ".next/BUILD_ID")).toBe(first);
    expect(await install(remote, remote.commit({ "ui/a.txt": "" }))).toMatchObject({ code: 0 });
    expect(machine.read(PAGES, ".next/BUILD_ID")).not.toBe(first);
  });

  it("copes with a lock file that does not fit, and does not touch it", async () => {
    const dependencies = { tool: "file:./tool" };
    const remote = createRemote({
      ...FILES,
      "ui/package.json": json({ name: "ui", scripts, dependencies }),
      "ui/tool/package.json": json({ name: "tool", version: "1.0.0" }),
    });
    expect(await install(remote, remote.head())).toMatchObject({ code: 0 });
    expect(machine.has(PAGES, "node_modules/tool/package.json")).toBe(true);
    expect(await machine.installed("ai-toolkit")).toMatchObject({ checkout: { localChanges: [] } });
  });

  it("says that the pages could not be built", async () => {
    const remote = createRemote({ ...FILES, "ui/build.cjs": "process.exit(3);" });
    const { code, last } = await install(remote, remote.head());
    expect([code, last]).toEqual([
      3,
      "AI Toolkit cannot be installed: building its web pages failed for the reason above (exit code 3).",
    ]);
    expect(machine.has(PAGES, ".next/BUILD_ID")).toBe(false);
  });
});

describe("code-server.sh", () => {
  const PROGRAM = "#!/bin/sh\necho code-server\n";

  function pack(name: string): string {
    writeFiles(machine.root, { [`release/${name}`]: { executable: PROGRAM } });
    const path = machine.path("release.tar.gz");
    execFileSync("tar", ["-czf", path, "-C", machine.root, "release"]);
    return path;
  }

  const install = (path: string, settings: Record<string, string> = {}) =>
    machine.run("code-server.sh", {
      CODE_SERVER_VERSION: "4.127.0",
      CODE_SERVER_URL: `file://${path}`,
      ...settings,
    });

  it("unpacks the release and puts it on PATH, once", async () => {
    expect(await install(pack("bin/code-server"))).toMatchObject({ code: 0 });
    const program = machine.path("usr/local/bin/code-server");
    expect(execFileSync(program, { encoding: "utf8" })).toBe("code-server\n");
    expect(await install("/nowhere")).toMatchObject({ code: 0 });
    expect(machine.leftovers()).toEqual([]);
  });

  it("takes the archive that is expected, and no other", async () => {
    const path = pack("bin/code-server");
    const { code, last } = await install(path, { CODE_SERVER_SHA256: "0".repeat(64) });
    expect([code, last]).toEqual([
      1,
      expect.stringContaining("comparing it with CODE_SERVER_SHA256 failed"),
    ]);
    expect(machine.has("usr")).toBe(false);
    const sha = createHash("sha256").update(readFileSync(path)).digest("hex");
    expect(await install(path, { CODE_SERVER_SHA256: sha })).toMatchObject({ code: 0 });
  });

  it("says that an archive is no release", async () => {
    expect(await install(pack("README"))).toMatchObject({
      code: 1,
      last: "VS Code Server cannot be installed: the archive holds no bin/code-server.",
    });
    expect(machine.has("usr/local/bin")).toBe(false);
  });
});

it("base.sh installs what the base lacks, and nothing twice", async () => {
  expect(await machine.run("base.sh")).toMatchObject({ code: 0 });
  const packages = ["bash", "ca-certificates", "curl", "git", "supervisor", "tini", ""];
  expect(machine.read("apt").split("\n")).toEqual(packages);
  expect(await machine.run("base.sh")).toMatchObject({ code: 0 });
  expect(machine.read("apt").split("\n")).toEqual(packages);
  expect(machine.leftovers()).toEqual([]);
});

it("base.sh lets git work in the checkouts of any user, beside those that the base allows", async () => {
  writeFiles(machine.root, { "etc/gitconfig": "[safe]\n\tdirectory = /srv\n" });
  for (const _ of ["first", "second"]) {
    expect(await machine.run("base.sh")).toMatchObject({ code: 0 });
    expect(machine.read("etc/gitconfig")).toBe("[safe]\n\tdirectory = /srv\n\tdirectory = *\n");
  }
});

it("base.sh says so where the base has no apt-get", async () => {
  for (const tool of ["mktemp", "dirname", "rm"]) {
    writeFiles(machine.root, { [`few/${tool}`]: { link: `/usr/bin/${tool}` } });
  }
  const { code, last } = await machine.run("base.sh", { PATH: machine.path("few") });
  expect([code, last]).toEqual([1, expect.stringContaining("the base must be Debian or Ubuntu")]);
});
