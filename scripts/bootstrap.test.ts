import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BootMachine } from "./testing/boot";

let machine: BootMachine;

beforeEach(() => {
  machine = new BootMachine();
});

afterEach(() => machine.remove());

describe("a first boot", () => {
  it("makes the folders that the services expect, and has no problem", () => {
    expect(machine.boot()).toMatchObject({ code: 0, stderr: "" });
    const folders = readdirSync(machine.workspace).sort();
    expect(folders).toEqual(
      ["apps", "cache", "config", "datasets", "home", "logs", "models", "outputs"].sort(),
    );
    expect(readdirSync(join(machine.workspace, "models"))).toHaveLength(21);
    for (const path of ["home/root", "datasets/ZIPs", "outputs/ai-toolkit", "config/services"]) {
      expect(machine.has(`workspace/${path}`), path).toBe(true);
    }
    expect(machine.problems()).toEqual([]);
  });

  it("lets another command take its place", () => {
    const said = machine.boot({}, ["sh", "-c", "echo $WORKSPACE_ROOT $PILOT_RUN_DIR; exit 7"]);
    expect(said).toMatchObject({ code: 7, stdout: `${machine.workspace} ${machine.dir}/run` });
  });

  it("brings the small apps of the image, but not the portal, and never over one that is there", () => {
    machine.write("pilot/apps/TagPilot/index.html", "new");
    machine.write("pilot/apps/Other/index.html", "new");
    machine.write("pilot/apps/Portal/server.js", "");
    machine.write("workspace/apps/Other/index.html", "mine");
    machine.write("workspace/apps/.TagPilot.new/half", "of a boot that was killed");
    machine.boot();
    expect(machine.read("workspace/apps/TagPilot/index.html")).toBe("new");
    expect(machine.read("workspace/apps/Other/index.html")).toBe("mine");
    expect(machine.has("workspace/apps/TagPilot/half")).toBe(false);
    expect(machine.has("workspace/apps/Portal")).toBe(false);
    expect(machine.has("workspace/apps/.TagPilot.new")).toBe(false);
  });
});

describe("a second boot", () => {
  it("changes nothing in the workspace", () => {
    machine.boot();
    const conf = machine.read("supervisord.conf");
    utimesSync(machine.secrets, 1000, 1000);
    const secrets = machine.read("workspace/config/secrets.env");
    expect(machine.boot({ JUPYTER_TOKEN: "for this container only" }).code).toBe(0);
    expect(machine.read("workspace/config/secrets.env")).toBe(secrets);
    expect(statSync(machine.secrets).mtimeMs).toBe(1_000_000);
    expect(machine.read("supervisord.conf")).toBe(conf);
    expect(machine.problems()).toEqual([]);
  });

  it("forgets what went wrong at the first, and keeps what is not its own", () => {
    machine.write("run/boot-problems", "Something was wrong.\n");
    machine.write("run/hold/comfy", "");
    machine.write("run/supervisor.sock", "");
    machine.boot();
    expect(machine.problems()).toEqual([]);
    expect(readdirSync(join(machine.dir, "run")).sort()).toEqual([
      "boot-problems",
      "supervisor.sock",
    ]);
  });
});

it("goes on with a workspace of the original LoRA Pilot, and changes no byte of it", () => {
  const secrets =
    '#!/usr/bin/env bash\nexport JUPYTER_TOKEN="a$b"\nexport CODE_SERVER_PASSWORD="c"\nexport hf_token=hf_1\n';
  const toml = '# mine\nenabled = true\n[services.comfy]\nauto_update = true\ntarget_ref = "v1"\n';
  machine.write("workspace/config/secrets.env", secrets);
  chmodSync(machine.secrets, 0o644);
  machine.write("workspace/config/service-updates.toml", toml);
  machine.write("workspace/models/loras/mine.safetensors", "weights");
  expect(machine.boot()).toMatchObject({ code: 0, stderr: "" });
  const after = machine.read("workspace/config/secrets.env");
  expect(after.startsWith(secrets)).toBe(true);
  expect(after.slice(secrets.length).match(/export \w+/g)).toEqual([
    "export SUPERVISOR_ADMIN_PASSWORD",
  ]);
  expect(machine.modeOf(machine.secrets)).toBe(0o600);
  expect(machine.read("workspace/config/service-updates.toml")).toBe(toml);
  expect(machine.read("workspace/models/loras/mine.safetensors")).toBe("weights");
});

describe("UMASK", () => {
  it.each([
    [{}, "0022"],
    [{ UMASK: "0002" }, "0002"],
    [{ UMASK: "077" }, "0077"],
  ])("%o gives what runs the mask %s", (env, mask) => {
    expect(machine.boot(env, ["bash", "-c", "umask"]).stdout).toBe(mask);
    expect(machine.problems()).toEqual([]);
  });

  it("that is none is a problem, and the usual one counts", () => {
    expect(machine.boot({ UMASK: "rwx" }, ["bash", "-c", "umask"]).stdout).toBe("0022");
    expect(machine.problems()).toEqual([
      'UMASK is "rwx", which is no mask such as 0022 or 0002: 0022 counts at this boot.',
    ]);
  });
});

describe("the logs in supervisord's config", () => {
  const folders = () => [
    ...new Set(machine.read("supervisord.conf").match(/(?<=log(file|dir)=).*logs/g)),
  ];

  it("move to the workspace, and nothing else in the config does", () => {
    const rest =
      "[program:a]\n; /workspace/logs/a\ncommand=a /workspace/logs/x\ndirectory=/workspace/logs\nstderr_logfile=/workspace/logs-of-a/e\n";
    machine.writeConf(`${rest}stdout_logfile=/workspace/logs/a.out.log\r\n`);
    const before = machine.read("supervisord.conf");
    machine.boot();
    const moved = (name: string) => `logfile=${machine.workspace}/logs/${name}`;
    expect(machine.read("supervisord.conf")).toBe(
      before
        .replace("logfile=/workspace/logs/supervisord.log", moved("supervisord.log"))
        .replace("logfile=/workspace/logs/a.out.log", moved("a.out.log")),
    );
  });

  it("stay where someone has chosen another folder", () => {
    machine.writeConf();
    const chosen = machine.read("supervisord.conf").replace("/workspace/logs", `${machine.dir}/l`);
    machine.write("supervisord.conf", chosen);
    machine.boot();
    expect(machine.read("supervisord.conf")).toBe(chosen);
    expect(machine.has("l")).toBe(true);
  });

  it("go into the run folder while the workspace takes none, and back afterwards", () => {
    machine.write("workspace/logs", "not a folder");
    machine.boot();
    expect(folders()).toEqual([`${machine.dir}/run/logs`]);
    expect(machine.has("run/logs")).toBe(true);
    expect(machine.problems().at(-1)).toBe(
      `Nothing can be written into ${machine.workspace}/logs (File exists): the logs of this boot lie in ${machine.dir}/run/logs, and are gone with it.`,
    );
    machine.boot({ WORKSPACE_ROOT: join(machine.dir, "mended") });
    expect(folders()).toEqual([`${machine.dir}/mended/logs`]);
    expect(machine.problems()).toEqual([]);
  });

  it("go into the run folder where supervisord could not read the name of the workspace", () => {
    machine.boot({ WORKSPACE_ROOT: join(machine.dir, "50% of ;mine") });
    expect(folders()).toEqual([`${machine.dir}/run/logs`]);
    expect(machine.problems()[0]).toContain("supervisord's config cannot hold such a name");
  });
});

describe("a workspace that is a file", () => {
  it("does not stop the boot, which has a password all the same", () => {
    machine.write("workspace", "");
    const { code, stdout } = machine.boot({}, ["printenv", "SUPERVISOR_ADMIN_PASSWORD"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^[0-9a-f]{48}$/)]);
    expect(machine.problems()).toEqual([
      `The folders of the workspace ${machine.workspace} cannot be made (File exists): services that need them will not work.`,
      `${machine.secrets} cannot be written (Not a directory). It was not changed, and JUPYTER_TOKEN, CODE_SERVER_PASSWORD, SUPERVISOR_ADMIN_PASSWORD cannot be kept in it: the password of supervisord's own page counts for this boot only.`,
    ]);
  });
});

it("makes a run folder elsewhere where it may not have the one it is told to, and says so", () => {
  machine.write("blocked", "");
  const run = join(machine.dir, "blocked/run");
  const env = { PILOT_RUN_DIR: run, TMPDIR: machine.dir };
  const { stdout, stderr } = machine.boot(env, ["printenv", "PILOT_RUN_DIR"]);
  expect(stdout).toMatch(new RegExp(`^${machine.dir}/pilot\\.\\w{6}$`));
  expect(stderr).toContain(`Nothing can be written into ${run}`);
  expect(machine.read(`${stdout.slice(machine.dir.length)}/boot-problems`)).toContain(run);
});

describe("own services", () => {
  const links = () => readdirSync(join(machine.dir, "conf.d"));

  it("are linked where the config includes them, and gone with their file", () => {
    const path = machine.write("workspace/config/services/mine.conf", "[program:mine]\n");
    machine.write("conf.d/image.conf", "");
    machine.boot();
    expect(links()).toEqual(["image.conf", "mine.conf"]);
    expect(readlinkSync(join(machine.dir, "conf.d/mine.conf"))).toBe(path);
    machine.boot();
    expect(links()).toEqual(["image.conf", "mine.conf"]);
    rmSync(path);
    machine.write("workspace/config/services/new.conf", "");
    machine.boot();
    expect(links()).toEqual(["image.conf", "new.conf"]);
    expect(machine.problems()).toEqual([]);
  });

  it("that no config can take are problems", () => {
    machine.write("workspace/config/services/image.conf", "");
    mkdirSync(join(machine.workspace, "config/services/folder.conf"));
    machine.write("conf.d/image.conf", "the image's own");
    machine.boot();
    expect(machine.problems()).toEqual([
      `${machine.workspace}/config/services/folder.conf is left out: it is no file that can be read.`,
      `${machine.workspace}/config/services/image.conf is left out: it cannot be linked in ${machine.dir}/conf.d (File exists).`,
    ]);
    expect(machine.read("conf.d/image.conf")).toBe("the image's own");
  });

  it("are left out, with a sentence, where the config includes nothing", () => {
    const conf = machine.read("supervisord.conf").replace(/\[include\]\n.*\n/, "");
    machine.write("supervisord.conf", conf);
    const path = machine.write("workspace/config/services/mine.conf", "");
    machine.boot();
    expect(machine.problems()).toEqual([
      `${path} is left out: ${machine.conf} includes no folder of other configs.`,
    ]);
  });
});

describe("ControlPilot's own preparation", () => {
  const portal = (program: string) => {
    machine.write("portal/server.js", "");
    machine.write("portal/dist/bin/prepare-boot.mjs", program);
    return { CONTROLPILOT_HOME: join(machine.dir, "portal") };
  };

  it("runs in its folder, for the config of this boot, once the logs have moved", () => {
    const env = portal(`import { readFileSync } from "node:fs";
      const conf = readFileSync(process.env.SUPERVISOR_CONFIG_PATH, "utf8");
      console.log(process.cwd(), conf.includes("logfile=" + process.env.WORKSPACE_ROOT));`);
    expect(machine.boot(env).stdout).toBe(`${machine.dir}/portal true`);
    expect(machine.problems()).toEqual([]);
  });

  it.each([
    ["fails", 3, "exit code 3"],
    ["timeout has ended", 124, "a disk did not answer in 20 s"],
  ])("that %s is a problem of a boot that goes on", (_how, code, why) => {
    const env = portal(`process.exit(${code})`);
    expect(machine.boot(env).code).toBe(0);
    expect(machine.problems()).toEqual([
      `This boot could not be prepared (${why}): the config's own autostart counts, and no update is re-applied.`,
    ]);
  });

  it("holds no service where no supervisord follows", () => {
    const env = portal(`import { mkdirSync, writeFileSync } from "node:fs";
      mkdirSync(process.env.PILOT_RUN_DIR + "/hold");
      writeFileSync(process.env.PILOT_RUN_DIR + "/hold/comfy", "");`);
    machine.boot(env);
    expect(machine.has("run/hold")).toBe(false);
  });
});
