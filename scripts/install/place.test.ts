import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isLaunchedByPilot } from "@/lib/server/catalogue";
import { writeFiles } from "@/lib/server/testing/git-remotes";
import { askSupervisor } from "@/lib/server/testing/supervisor-python";
import { waitFor } from "@/lib/server/testing/wait-for";
import apps from "@/scripts/apps.json";
import { freePort } from "../testing/free-port";
import { createInstallRoot, type InstallRoot } from "../testing/install-root";
import { mendConfig } from "./mend-config.mjs";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const LAYOUT = join(PROJECT, "scripts/testing/image/base/root");
const CONFIG = "etc/supervisor/supervisord.conf";
const ORIGINAL_CONFIG = readFileSync(join(LAYOUT, CONFIG), "utf8");
const LAUNCHERS = ["comfy", "start-kohya", "diffusion-pipe", "invoke"];

let machine: InstallRoot;

beforeEach(async () => {
  machine = await createInstallRoot();
});

afterEach(() => machine.end());

async function place() {
  const { code, said } = await machine.run("place.sh", {}, PROJECT);
  expect([code, said]).toEqual([0, "ControlPilot: placing its files\n"]);
}

/** Every file with its mode and its content. */
function picture(): string {
  const list =
    "find opt etc -printf '%p %m %l\\n' | sort; find opt etc -type f -exec md5sum {} + | sort";
  return execFileSync("sh", ["-c", list], { cwd: machine.root, encoding: "utf8" });
}

const ours = (name: string) => readFileSync(join(PROJECT, name), "utf8");

describe("an image of our own", () => {
  it("gets the launchers, what they call, and the config with a copy of it", async () => {
    await place();
    for (const name of ["bootstrap", "portal", "comfy", "ai-toolkit", "healthcheck"]) {
      execFileSync("test", ["-x", machine.path(`opt/pilot/${name}.sh`)]);
    }
    expect(machine.read(CONFIG)).toBe(ours("supervisor/supervisord.conf"));
    expect(machine.read("opt/pilot/supervisor/supervisord.conf")).toBe(machine.read(CONFIG));
    const find = machine.path("opt/pilot/find-app.mjs");
    const facts = execFileSync(process.execPath, [find, "controlpilot"], { encoding: "utf8" });
    expect(facts).toContain("ControlPilot");
    expect(machine.list("opt/pilot").join("\n")).not.toMatch(/test|start\.mjs|build\.mjs|install/);
    expect(machine.has("opt/pilot/original")).toBe(false);
  });

  it("is replaced by a newer one, of which nothing old stays", async () => {
    await place();
    const fresh = picture();
    writeFiles(machine.root, {
      "opt/pilot/boot/gone.sh": "",
      [CONFIG]: "; old\n[program:controlpilot]\n",
    });
    await place();
    expect(picture()).toBe(fresh);
  });
});

describe("an image of the original", () => {
  beforeEach(() => cpSync(LAYOUT, machine.root, { recursive: true }));

  it("keeps its launchers, which wait for updates at boot, and its apps", async () => {
    await place();
    for (const name of LAUNCHERS) {
      const kept = machine.read(`opt/pilot/original/${name}.sh`);
      expect(kept).toBe(readFileSync(join(LAYOUT, `opt/pilot/${name}.sh`), "utf8"));
    }
    expect(machine.read("opt/pilot/start-kohya.sh").split("\n").slice(2)).toEqual([
      ". /opt/pilot/lib.sh",
      "wait_for_update kohya",
      'exec /opt/pilot/original/start-kohya.sh "$@"',
      "",
    ]);
    for (const name of ["start-jupyter.sh", "copilot-sidecar.sh", "apps/TagPilot/index.html"]) {
      const path = `opt/pilot/${name}`;
      expect(machine.read(path)).toBe(readFileSync(join(LAYOUT, path), "utf8"));
    }
    const jupyter = machine.read("opt/pilot/start-jupyter.sh");
    expect(machine.read("opt/pilot/original/start-jupyter.sh")).toBe(jupyter);
    expect(machine.has("opt/pilot/ai-toolkit.sh")).toBe(false);
  });

  it("gets our boot and our portal, and keeps its own beside them", async () => {
    await place();
    for (const name of ["bootstrap.sh", "portal.sh"]) {
      expect(machine.read("opt/pilot", name)).toBe(ours(`scripts/${name}`));
      const was = readFileSync(join(LAYOUT, "opt/pilot", name), "utf8");
      expect(machine.read("opt/pilot/original", name)).toBe(was);
    }
    expect(machine.read("opt/pilot/original/supervisord.conf")).toBe(ORIGINAL_CONFIG);
    expect(machine.read(CONFIG)).toBe(mendConfig(ORIGINAL_CONFIG));
    expect(machine.read("opt/pilot/supervisor/supervisord.conf")).toBe(machine.read(CONFIG));
    expect(machine.has("etc/supervisor/conf.d")).toBe(true);
  });

  it("can be laid over once more", async () => {
    await place();
    const once = picture();
    await place();
    expect(picture()).toBe(once);
  });

  it("holds its launchers back until the update is over, and goes on as they are", async () => {
    await place();
    const local = machine.read("opt/pilot/comfy.sh").replaceAll("/opt/", `${machine.root}/opt/`);
    writeFiles(machine.root, {
      "run/hold/comfy": `${process.pid}\n`,
      "opt/pilot/comfy.sh": { executable: local },
      "opt/pilot/original/comfy.sh": { executable: '#!/bin/bash\necho "goes on with $1"\n' },
    });
    const settings = { PILOT_RUN_DIR: machine.path("run") };
    const script = machine.path("opt/pilot/comfy.sh");
    const launched = spawn(script, ["this"], { env: { ...process.env, ...settings } });
    let said = "";
    launched.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    await waitFor(() => said.includes("waits"));
    rmSync(machine.path("run/hold/comfy"));
    await once(launched, "close");
    expect(said.trim().split("\n").at(-1)).toBe("goes on with this");
  });
});

describe("the config of the original", () => {
  const mended = mendConfig(ORIGINAL_CONFIG);

  function optionsOf(text: string, section: string): Record<string, string> {
    const [reading] = askSupervisor({ configs: [text] }).configs;
    if (!reading || !("sections" in reading)) throw new Error("supervisor cannot read it");
    const options = reading.sections.find(([name]) => name === section)?.[1];
    return Object.fromEntries(options ?? []);
  }

  it("has the generated password in the place of the text that was one", () => {
    expect(optionsOf(mended, "inet_http_server")).toEqual({
      port: "127.0.0.1:9001",
      username: "admin",
      password: "%(ENV_SUPERVISOR_ADMIN_PASSWORD)s",
    });
  });

  it("starts and ends ControlPilot as a group, and first", () => {
    expect(optionsOf(mended, "program:controlpilot")).toMatchObject({
      priority: "1",
      stopasgroup: "true",
      killasgroup: "true",
      command: "/bin/bash -lc 'exec /opt/pilot/portal.sh'",
    });
    expect(optionsOf(mended, "program:comfy")).not.toHaveProperty("priority");
  });

  it("keeps logs small, where nothing is said about them", () => {
    const own =
      "[program:x]\ncommand=x\nstdout_logfile=/dev/stdout\nSTDERR_logfile_maxbytes : 1MB\n";
    expect(optionsOf(mended, "program:invoke")).toMatchObject({
      stdout_logfile_maxbytes: "20MB",
      stdout_logfile_backups: "3",
      stderr_logfile_maxbytes: "20MB",
      stderr_logfile_backups: "3",
    });
    expect(optionsOf(mendConfig(own), "program:x")).toEqual({
      command: "x",
      stdout_logfile: "/dev/stdout",
      stderr_logfile_maxbytes: "1MB",
      stderr_logfile_backups: "3",
    });
  });

  it("takes in the services of the user, unless it includes files already", () => {
    expect(optionsOf(mended, "include")).toEqual({ files: "/etc/supervisor/conf.d/*.conf" });
    const own = "[include]\nfiles = mine/*.conf\n";
    expect(mendConfig(own)).toBe(own);
  });

  it("says of launchers that may bring their app along that they are not ours", () => {
    for (const [name, launcher] of [
      ["jupyter", "start-jupyter.sh"],
      ["code-server", "start-code-server.sh"],
      ["copilot", "copilot-sidecar.sh"],
    ] as const) {
      const { command = "" } = optionsOf(mended, `program:${name}`);
      expect(command).toContain(`/opt/pilot/original/${launcher}`);
      expect(isLaunchedByPilot(command)).toBe(false);
    }
    expect(isLaunchedByPilot(optionsOf(mended, "program:comfy").command)).toBe(true);
  });

  it("changes nothing else, and nothing twice", () => {
    expect(mendConfig(mended)).toBe(mended);
    const lines = mended.split("\n");
    const isMended = (line: string) =>
      /^password=|^command=.*(jupyter|code-server|copilot)/.test(line);
    const kept = ORIGINAL_CONFIG.split("\n").filter((line) => !isMended(line));
    expect(kept.filter((line) => !lines.includes(line))).toEqual([]);
    expect(mendConfig(mended.replaceAll("\n", "\r\n"))).toBe(mended.replaceAll("\n", "\r\n"));
  });

  it("starts in a real supervisord, which lets in whoever has the password, and no other", async () => {
    const port = await freePort();
    const local = mended
      .replaceAll("/tmp/", `${machine.root}/`)
      .replaceAll("/workspace", machine.root)
      .replace("/etc/supervisor", machine.root)
      .replace("user=root\n", "")
      .replace("127.0.0.1:9001", `127.0.0.1:${port}`)
      .replaceAll("autostart=true", "autostart=false");
    const { SUPERVISOR_ADMIN_PASSWORD: _, ...rest } = process.env;
    writeFiles(machine.root, { "mended.conf": local, "logs/here": "" });
    const daemon = spawn("supervisord", ["-n", "-c", machine.path("mended.conf")], {
      env: { ...rest, SUPERVISOR_ADMIN_PASSWORD: "made-up" },
      stdio: "ignore",
    });
    const ended = once(daemon, "exit");
    const statusFor = async (password: string) => {
      const authorization = `Basic ${btoa(`admin:${password}`)}`;
      const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization } });
      return { status: answer.status, page: await answer.text() };
    };
    try {
      const { status, page } = await waitFor(() => statusFor("made-up").catch(() => null));
      expect(status).toBe(200);
      expect(Object.keys(apps).filter((name) => !page.includes(name))).toEqual([]);
      const literal = /^password=(.*)$/m.exec(ORIGINAL_CONFIG)?.[1] ?? "";
      for (const wrong of ["", literal, "supervisor_secure_password_2024"]) {
        expect(await statusFor(wrong)).toMatchObject({ status: 401 });
      }
    } finally {
      daemon.kill("SIGTERM");
      await ended;
    }
  });
});
