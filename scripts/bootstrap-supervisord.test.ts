import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import { renderConf } from "./setup/render.mjs";
import { BootMachine, endOf } from "./testing/boot";
import { freePort } from "./testing/free-port";

// Each boot brings up a supervisord, with one core for all of them at times.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const CONF = fileURLToPath(new URL("../supervisor/supervisord.conf", import.meta.url));
const PATIENT_MS = 30_000;

/** Says that it is up, and when it was told to stop; needs a while for that. */
const SLOW = `#!/bin/bash
trap 'echo $EPOCHREALTIME >$1.term; sleep 1.5; echo $EPOCHREALTIME >$1.end; exit 0' TERM
sleep 86395 &
echo $$ >$1.up
while :; do sleep 0.1; done
`;
/** Never ends by itself. */
const STUBBORN = `#!/bin/bash
trap 'echo >$1.term' TERM
echo $$ >$1.up
while :; do sleep 0.1; done
`;

let machine: BootMachine;

beforeEach(() => {
  machine = new BootMachine();
});

afterEach(() => machine.remove());

describe("a boot that is told to stop", () => {
  it("tells all services at once, leaves no orphan, and ends well", async () => {
    machine.writeConf(program("one", "slow.sh") + program("two", "slow.sh"));
    machine.write("slow.sh", SLOW);
    const boot = machine.start();
    await both("up");
    boot.kill("SIGTERM");
    expect(await endOf(boot)).toBe(0);
    const at = (file: string) => Number(machine.read(file));
    expect(at("one.term")).toBeLessThan(at("two.end"));
    expect(at("two.term")).toBeLessThan(at("one.end"));
    expect(machine.processes()).toEqual([]);
  });

  it("wakes a supervisord that is frozen, so that services can save their work", async () => {
    machine.writeConf(program("one", "slow.sh"));
    machine.write("slow.sh", SLOW);
    const boot = machine.start();
    await up("one");
    process.kill(await supervisordPid(), "SIGSTOP");
    boot.kill("SIGINT");
    expect(await endOf(boot)).toBe(0);
    expect(machine.has("one.end")).toBe(true);
    expect(machine.processes()).toEqual([]);
  });

  it("ends everything at once when it is told so twice", async () => {
    machine.writeConf(program("one", "stubborn.sh"));
    machine.write("stubborn.sh", STUBBORN);
    const boot = machine.start();
    await up("one");
    boot.kill("SIGTERM");
    await waitFor(() => machine.has("one.term"), PATIENT_MS);
    boot.kill("SIGTERM");
    expect(await endOf(boot)).toBe("SIGKILL");
    await waitFor(() => machine.processes().length === 0);
  });

  it("is not deaf in the moment in which it begins to wait", () => {
    const { command, env } = standIn("trap 'exit 0' TERM\nkill $PPID\nread -t 5 <> <(:)\nexit 3");
    const codes = Array.from({ length: 12 }, () => machine.boot(env, command).code);
    expect(codes).toEqual(codes.map(() => 0));
  });

  it("ends well before supervisord is up, too", async () => {
    const boot = machine.start();
    await waitFor(() => machine.has("workspace/logs/supervisord.log"), PATIENT_MS);
    boot.kill("SIGTERM");
    expect([0, "SIGTERM"]).toContain(await endOf(boot));
    await waitFor(() => machine.processes().length === 0);
  });
});

describe("a boot whose supervisord ends by itself", () => {
  it("ends as supervisord did, when that was killed", async () => {
    const boot = machine.start();
    process.kill(await supervisordPid(), "SIGKILL");
    expect(await endOf(boot)).toBe("SIGKILL");
  });

  it("ends with its exit code", () => {
    const { command, env } = standIn("echo no >&2\nexit 3");
    expect(machine.boot(env, command)).toMatchObject({ code: 3, stderr: "no\n" });
  });

  it("ends well when supervisord was told to shut down", async () => {
    const boot = machine.start();
    await supervisordPid();
    expect(machine.ask("shutdown")).toBe("Shut down");
    expect(await endOf(boot)).toBe(0);
  });
});

it("takes supervisord and its services with it when it is killed itself", async () => {
  machine.writeConf(program("one", "slow.sh"));
  machine.write("slow.sh", SLOW);
  const boot = machine.start();
  await up("one");
  boot.kill("SIGKILL");
  await waitFor(() => machine.processes().length === 0, PATIENT_MS);
  expect(machine.has("one.end")).toBe(true);
});

it("hands SIGHUP on, at which supervisord starts everything again", async () => {
  machine.writeConf(program("one", "slow.sh"));
  machine.write("slow.sh", SLOW);
  const boot = machine.start();
  await up("one");
  rmSync(join(machine.dir, "one.up"));
  boot.kill("SIGHUP");
  await up("one");
  boot.kill("SIGTERM");
  expect(await endOf(boot)).toBe(0);
});

it("gives services the mask of UMASK", async () => {
  machine.writeConf(program("one", "mask.sh"));
  machine.write("mask.sh", "umask >mask.new; mv mask.new one.up; exec sleep 86394");
  machine.start({ UMASK: "0027" });
  await up("one");
  expect(machine.read("one.up")).toBe("0027\n");
});

describe("own services", () => {
  it("run beside the others", async () => {
    machine.writeConf(program("one", "slow.sh"));
    machine.write("slow.sh", SLOW);
    own("mine.conf", program("mine", "slow.sh"));
    machine.start();
    await up("one", "mine");
    expect(machine.ask("status", "mine")).toMatch(/^mine +(STARTING|RUNNING)/);
  });

  it("that supervisord does not start with are left out by name, and the others run", async () => {
    machine.writeConf(program("one", "slow.sh"));
    machine.write("slow.sh", SLOW);
    own("good.conf", program("good", "slow.sh"));
    const bad = own("bad.conf", "[program:bad]\nautostart=true\n");
    const worse = own("worse.conf", "[program:worse\n");
    const strange = own("strange.conf", "[program:strange.one]\ncommand=/bin/x %(nope)s\n");
    const boot = machine.start();
    await up("one", "good");
    const [first, third, second, ...rest] = machine.problems().sort();
    expect(third).toContain(`${strange} is left out at this boot`);
    expect(third).toMatch(/contains names \('nope'\) which cannot be expanded\.$/);
    expect(first).toMatch(
      new RegExp(
        `^${bad} is left out at this boot, since supervisord did not start with it: program section program:bad does not specify a command`,
      ),
    );
    expect(second).toMatch(
      new RegExp(`^${worse} is left out at this boot.*contains? (no section|parsing)`),
    );
    expect(rest).toEqual([]);
    expect(machine.ask("status", "bad")).toContain("no such process");
    expect(readFileSync(bad, "utf8")).toContain("[program:bad]");
    boot.kill("SIGTERM");
    expect(await endOf(boot)).toBe(0);
  });

  it("are all left out where supervisord does not say which is to blame", async () => {
    machine.writeConf(program("one", "slow.sh"));
    machine.write("slow.sh", SLOW);
    const good = own("good.conf", program("good", "slow.sh"));
    const server = own("server.conf", "[unix_http_server]\nfile=/nowhere/at/all.sock\n");
    machine.start();
    await up("one");
    const [first, second, ...rest] = machine.problems();
    const why =
      "is left out at this boot, since supervisord did not start with the own services: Cannot open an HTTP server: socket.error reported errno.ENOENT (2)";
    expect([first, second]).toEqual([`${good} ${why}`, `${server} ${why}`]);
    expect(rest).toEqual([]);
  });
});

describe("the update that a boot re-applies", () => {
  const program = (hold: string, onTerm: string) => {
    machine.write("portal/server.js", "");
    machine.write(
      "portal/dist/bin/prepare-boot.mjs",
      `import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
      const run = process.env.PILOT_RUN_DIR;
      if (existsSync("../conf.d/bad.conf")) {
        appendFileSync(run + "/boot-problems", "The config cannot be read.\\n");
        process.exit();
      }
      mkdirSync(run + "/hold");
      writeFileSync(run + "/hold/${hold}", "");
      writeFileSync(run + "/reconcile", "");`,
    );
    machine.write(
      "portal/dist/bin/service-updates-reconcile.mjs",
      `import { writeFileSync } from "node:fs";
      process.on("SIGTERM", () => { ${onTerm} });
      setInterval(() => {}, 1000);
      writeFileSync("../reconcile.new", String(process.pid));
      (await import("node:fs")).renameSync("../reconcile.new", "../reconcile.pid");`,
    );
    return { CONTROLPILOT_HOME: join(machine.dir, "portal") };
  };
  const seeHold = () => {
    machine.writeConf("[program:comfy]\ncommand=/bin/bash {dir}/see.sh\ndirectory={dir}\n");
    machine.write("see.sh", "cp run/hold/comfy seen; mv seen comfy.up; exec sleep 86393");
  };

  it("runs beside supervisord, and its pid is in what it holds before any service starts", async () => {
    seeHold();
    const env = program("comfy", 'writeFileSync("../stopped", ""); process.exit();');
    const boot = machine.start(env);
    await up("comfy");
    await waitFor(() => machine.has("reconcile.pid"), PATIENT_MS);
    expect(machine.read("comfy.up").trim()).toBe(machine.read("reconcile.pid"));
    boot.kill("SIGTERM");
    expect(await endOf(boot)).toBe(0);
    expect(machine.has("stopped")).toBe(true);
    expect(machine.processes()).toEqual([]);
  });

  it("is prepared anew for a config that could only be read without an own service", async () => {
    seeHold();
    const bad = own("bad.conf", "just words\n");
    const boot = machine.start(program("comfy", "process.exit();"));
    await up("comfy");
    await waitFor(() => machine.has("reconcile.pid"), PATIENT_MS);
    expect(machine.read("comfy.up").trim()).toBe(machine.read("reconcile.pid"));
    expect(machine.problems()).toEqual([
      expect.stringContaining(`${bad} is left out at this boot`),
    ]);
    boot.kill("SIGTERM");
    expect(await endOf(boot)).toBe(0);
    expect(machine.processes()).toEqual([]);
  });

  it("cannot hold up the end", async () => {
    const env = program("comfy", "");
    const boot = machine.start(env);
    await waitFor(() => machine.has("reconcile.pid"), PATIENT_MS);
    boot.kill("SIGTERM");
    expect([0, "SIGTERM"]).toContain(await endOf(boot));
    expect(machine.processes()).toEqual([]);
  });

  it.each(["0", "false", "No", "off"])("is none where the switch says %s", async (off) => {
    machine.writeConf("[program:comfy]\ncommand=/bin/bash {dir}/see.sh\ndirectory={dir}\n");
    machine.write("see.sh", "ls run >seen; mv seen comfy.up; exec sleep 86393");
    machine.start({ ...program("comfy", ""), SERVICE_UPDATES_BOOT_RECONCILE: off });
    await up("comfy");
    expect(machine.read("comfy.up")).not.toMatch(/hold|reconcile/);
    expect(machine.has("reconcile.pid")).toBe(false);
  });

  it("that cannot be started holds nothing", async () => {
    seeHold();
    const env = program("comfy", "");
    rmSync(join(machine.dir, "portal/dist/bin/service-updates-reconcile.mjs"));
    machine.write("see.sh", "ls run >seen; mv seen comfy.up; exec sleep 86393");
    machine.start(env);
    await up("comfy");
    expect(machine.read("comfy.up")).not.toMatch(/hold/);
    expect(machine.problems()).toEqual([
      "ControlPilot is not built whole: the chosen versions are not re-applied at this boot.",
    ]);
  });
});

describe("the login of supervisord's own page", () => {
  it.each([
    ["made up", {}],
    ["full of odd characters", { SUPERVISOR_ADMIN_PASSWORD: "50%(HOME)s; #'é\" {SHA}:%%" }],
  ])("takes the password that is %s, and no other", async (_, env) => {
    const port = await freePort();
    machine.write("supervisord.conf", await imageConf(port));
    const boot = machine.start(env);
    const logIn = async (password: string) => {
      const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
      return (await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization } })).status;
    };
    await waitFor(() => logIn("").catch(() => null), PATIENT_MS);
    const script = `. "$1"; printf %s "$SUPERVISOR_ADMIN_PASSWORD"`;
    const { stdout } = machine.boot({ PILOT_RUN_DIR: join(machine.dir, "other") }, [
      "bash",
      "-c",
      script,
      "bash",
      machine.secrets,
    ]);
    expect(await logIn(stdout)).toBe(200);
    const literal = "$" + "{SUPERVISOR_ADMIN_PASSWORD:-supervisor_secure_password_2024}";
    const others = ["", "wrong", `${stdout}x`, literal, "supervisor_secure_password_2024"];
    for (const password of others) expect(await logIn(password)).toBe(401);
    boot.kill("SIGTERM");
    expect(await endOf(boot)).toBe(0);
  });

  /** The config of the image, for this machine and without its programs. */
  async function imageConf(port: number): Promise<string> {
    const conf = renderConf(readFileSync(CONF, "utf8"), {
      workspace: machine.workspace,
      scripts: join(machine.dir, "pilot"),
      ownServices: join(machine.dir, "conf.d"),
      socket: join(machine.dir, "s.sock"),
      pidfile: join(machine.dir, "supervisord.pid"),
      inetPort: port,
      isRoot: process.getuid?.() === 0,
    });
    const sections = conf.split(/^(?=\[)/m);
    return sections.filter((section) => !section.startsWith("[program:")).join("");
  }
});

function program(name: string, script: string): string {
  return `[program:${name}]
command=/bin/bash {dir}/${script} ${name}
directory={dir}
stopwaitsecs=30
stopasgroup=true
killasgroup=true
`;
}

/** A supervisord that is only this script. */
function standIn(script: string) {
  chmodSync(machine.write("bin/supervisord", `#!/bin/bash\n${script}\n`), 0o755);
  const env = { PATH: `${machine.dir}/bin:${process.env.PATH}` };
  return { command: ["supervisord", "-c", machine.conf], env };
}

function own(name: string, text: string): string {
  return machine.write(
    `workspace/config/services/${name}`,
    text.replaceAll("{dir}", () => machine.dir),
  );
}

async function up(...names: string[]): Promise<void> {
  for (const name of names) await waitFor(() => machine.has(`${name}.up`), PATIENT_MS);
}

const both = (ending: "up") =>
  waitFor(() => ["one", "two"].every((name) => machine.has(`${name}.${ending}`)), PATIENT_MS);

/** Once it answers. */
async function supervisordPid(): Promise<number> {
  const path = join(machine.dir, "supervisord.pid");
  await waitFor(() => existsSync(path), PATIENT_MS);
  return waitFor(() => {
    const pid = machine.ask("pid");
    return /^[1-9]\d*$/.test(pid) && Number(pid);
  }, PATIENT_MS);
}
