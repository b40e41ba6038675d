import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BootMachine } from "./testing/boot";

const MADE_UP = ["JUPYTER_TOKEN", "CODE_SERVER_PASSWORD", "SUPERVISOR_ADMIN_PASSWORD"];
const RANDOM = /^[0-9a-f]{48}$/;

let machine: BootMachine;

beforeEach(() => {
  machine = new BootMachine();
});

afterEach(() => machine.remove());

describe("secrets.env", () => {
  it("is made with three secrets of chance, for its owner only", () => {
    const password = bootedPassword();
    expect(machine.modeOf(machine.secrets)).toBe(0o600);
    const values = MADE_UP.map(secretOf);
    for (const value of values) expect(value).toMatch(RANDOM);
    expect(new Set(values).size).toBe(3);
    expect(password).toBe(values[2]);
    expect(bootedPassword()).toBe(password);
    expect(machine.read("workspace/config/secrets.env")).not.toMatch(/HF_TOKEN|COPILOT/);
    expect(machine.has("workspace/config/secrets.env.new")).toBe(false);
  });

  it("gets no login made up for services that only this machine can reach, which then ask nobody", () => {
    machine.boot({ SERVICE_HOST: "127.0.0.1" });
    expect(MADE_UP.map(secretOf)).toEqual(["", "", expect.stringMatching(RANDOM)]);
    machine.boot({ SERVICE_HOST: "127.0.0.1", JUPYTER_TOKEN: "mine" });
    expect(secretOf("JUPYTER_TOKEN")).toBe("mine");
  });

  it("takes over what the container was given, whatever the value is made of", () => {
    const nasty = `it's "$HOME" \`id\` \\ % é !! ; # \n\ttwo lines'`;
    const given = {
      JUPYTER_TOKEN: nasty,
      SUPERVISOR_ADMIN_PASSWORD: `${nasty}'`,
      HF_TOKEN: "hf_1",
      COPILOT_GITHUB_TOKEN: "-n",
    };
    expect(bootedPassword(given)).toBe(given.SUPERVISOR_ADMIN_PASSWORD);
    for (const [name, value] of Object.entries(given)) expect(secretOf(name)).toBe(value);
    expect(bootedPassword()).toBe(given.SUPERVISOR_ADMIN_PASSWORD);
    expect(machine.problems()).toEqual([]);
  });

  it("takes over a Hugging Face token by its old name too", () => {
    machine.boot({ hf_token: "hf_old" });
    expect(secretOf("HF_TOKEN")).toBe("hf_old");
  });

  it("gives way to the container for what runs, and keeps its own value", () => {
    write("export SUPERVISOR_ADMIN_PASSWORD=mine\n");
    expect(bootedPassword({ SUPERVISOR_ADMIN_PASSWORD: "theirs" })).toBe("theirs");
    expect(bootedPassword({ SUPERVISOR_ADMIN_PASSWORD: "" })).toBe("mine");
    expect(secretOf("SUPERVISOR_ADMIN_PASSWORD")).toBe("mine");
  });

  it.each([
    ["with no newline at its end", "# mine\nHF_TOKEN='a b'"],
    ["whose last line says it goes on", "HF_TOKEN='a b' \\\n"],
    ["with an empty password", "HF_TOKEN='a b'\nexport SUPERVISOR_ADMIN_PASSWORD=\n"],
    ["of another system", "HF_TOKEN='a b'\r\n# mine\r\n"],
    ["that complains and fails", "echo hello; false; cd /nowhere; set -eu\nHF_TOKEN='a b'\n"],
    ["that leaves a process behind", "sleep 86397 &\nHF_TOKEN='a b'\n"],
    ["with bytes that are no text", "# \xff\xfe\nHF_TOKEN='a b'\n"],
  ])("%s keeps every byte, and gets what it lacks", (_, text) => {
    const before = Buffer.from(text, "latin1");
    write(before);
    const password = bootedPassword();
    expect(password).toMatch(RANDOM);
    const after = readFileSync(machine.secrets);
    expect(after.subarray(0, before.length)).toEqual(before);
    for (const name of MADE_UP) expect(secretOf(name)).toMatch(RANDOM);
    expect(secretOf("HF_TOKEN").trim()).toBe("a b");
    expect(bootedPassword()).toBe(password);
    expect(readFileSync(machine.secrets)).toEqual(after);
    expect(machine.problems()).toEqual([]);
  });

  it("is read without what the image has every bash begin with", () => {
    const noisy = machine.write("noisy.sh", "echo hello\n");
    write("export HF_TOKEN=1\n");
    // Without a level, bash takes the socket that Node gives it for a remote login.
    machine.boot({ BASH_ENV: noisy, SHLVL: "2" });
    for (const name of MADE_UP) expect(secretOf(name)).toMatch(RANDOM);
    expect(machine.problems()).toEqual([]);
  });

  it("counts without the carriage returns that another system's editor left", () => {
    write("export SUPERVISOR_ADMIN_PASSWORD=abc\r\n");
    expect(bootedPassword()).toBe("abc");
  });

  it("is not mixed up with what a killed boot left of its successor", () => {
    write("export HF_TOKEN=1\n");
    machine.write("workspace/config/secrets.env.new", "export JUPYTER_TOKEN=half");
    machine.boot();
    expect(secretOf("JUPYTER_TOKEN")).toMatch(RANDOM);
    expect(machine.has("workspace/config/secrets.env.new")).toBe(false);
  });

  it("is made private, and stays where a link leads", () => {
    const kept = machine.write("elsewhere/secrets", "export HF_TOKEN=1\n");
    chmodSync(kept, 0o664);
    mkdirSync(join(machine.workspace, "config"), { recursive: true });
    symlinkSync(kept, machine.secrets);
    const password = bootedPassword();
    expect(lstatSync(machine.secrets).isSymbolicLink()).toBe(true);
    expect(machine.read("elsewhere/secrets")).toContain(password);
    expect(machine.modeOf(kept)).toBe(0o600);
  });

  it.runIf(process.getuid?.() === 0)("stays the file of whoever owns it", () => {
    write("export HF_TOKEN=1\n");
    chownSync(machine.secrets, 12_345, 23_456);
    machine.boot();
    expect(statSync(machine.secrets)).toMatchObject({ uid: 12_345, gid: 23_456 });
    expect(secretOf("JUPYTER_TOKEN")).toMatch(RANDOM);
  });
});

describe("the password of ControlPilot", () => {
  const RUNPOD = { RUNPOD_POD_ID: "7bhply0h399ids" };
  const portalPassword = () => secretOf("CONTROLPILOT_PASSWORD");

  it("is made up where RunPod's proxy leads to it, and the log of the container says where it stands", () => {
    const { stderr } = machine.boot(RUNPOD);
    const password = portalPassword();
    expect(password).toMatch(RANDOM);
    expect(stderr).toContain(`it is CONTROLPILOT_PASSWORD in ${machine.secrets}.`);
    expect(stderr).not.toContain(password);
    machine.boot(RUNPOD);
    expect(portalPassword()).toBe(password);
    expect(machine.problems()).toEqual([]);
  });

  it("is made up where the machine has an address of its own", () => {
    machine.boot({ RUNPOD_PUBLIC_IP: "203.0.113.7" });
    expect(portalPassword()).toMatch(RANDOM);
  });

  it.each([
    ["nobody from outside gets here", {}],
    ["the container brings one", { ...RUNPOD, CONTROLPILOT_PASSWORD: "from outside" }],
    ["only this machine can connect", { ...RUNPOD, PORTAL_HOST: "127.0.0.1" }],
  ])("is not made up where %s", (_, env) => {
    machine.boot(env);
    expect(portalPassword()).toBe("");
  });

  it.each([
    ["a password is set on the settings page", { password: "scrypt$32768$8$1$a$b", meant: false }],
    ["its user has said that it is open on purpose", { password: null, meant: true }],
  ])("is left alone where %s", (_, settings) => {
    machine.write("workspace/config/controlpilot/access.json", JSON.stringify(settings, null, 2));
    const { stderr } = machine.boot(RUNPOD);
    expect(portalPassword()).toBe("");
    expect(stderr).not.toContain("asks for a password");
  });

  it("counts even where it cannot be kept, so that nobody gets in", () => {
    mkdirSync(machine.secrets, { recursive: true });
    const { stdout } = machine.boot(RUNPOD, ["printenv", "CONTROLPILOT_PASSWORD"]);
    expect(stdout).toMatch(RANDOM);
    expect(machine.problems()).toContainEqual(expect.stringContaining("Nobody can sign in"));
  });
});

describe("a secrets.env that cannot be used as it is", () => {
  const unchanged = (fault: string, lacking: string) =>
    `${machine.secrets} ${fault}. It was not changed, and ${lacking} cannot be kept in it`;
  const forThisBoot = ": the password of supervisord's own page counts for this boot only.";

  it("with a quote that never ends is named with its line, and a password is made up", () => {
    const text = 'export HF_TOKEN="geheim\nexport SUPERVISOR_ADMIN_PASSWORD=mine\n';
    write(text);
    expect(bootedPassword()).toMatch(RANDOM);
    expect(machine.read("workspace/config/secrets.env")).toBe(text);
    expect(machine.problems()).toEqual([
      `${unchanged("counts only in part: bash cannot read its line 1", MADE_UP.join(", "))}${forThisBoot}`,
    ]);
  });

  it("counts up to the line that is wrong, which is not told to anyone", () => {
    write("export SUPERVISOR_ADMIN_PASSWORD=mine\nexport HF_TOKEN=geheim)\n");
    const { stdout, stderr } = machine.boot({}, ["printenv", "SUPERVISOR_ADMIN_PASSWORD"]);
    expect(stdout).toBe("mine");
    expect(machine.problems()).toEqual([
      `${unchanged("counts only in part: bash cannot read its line 2", "JUPYTER_TOKEN, CODE_SERVER_PASSWORD")}.`,
    ]);
    expect(stderr).not.toContain("geheim");
  });

  it.each([
    "exit 0",
    "return",
    "cat <<END",
  ])("ends with %s, after which nothing that is added would count", (last) => {
    const text = `export SUPERVISOR_ADMIN_PASSWORD=mine\n${last}\n`;
    write(text);
    expect(bootedPassword()).toBe("mine");
    expect(machine.read("workspace/config/secrets.env")).toBe(text);
    expect(machine.problems()).toEqual([
      `${unchanged("ends before its end: what is appended to it would not count", "JUPYTER_TOKEN, CODE_SERVER_PASSWORD")}.`,
    ]);
    expect(machine.has("workspace/config/secrets.env.new")).toBe(false);
  });

  it("hangs, and holds up the boot for five seconds at most", () => {
    write("export SUPERVISOR_ADMIN_PASSWORD=mine\nsleep 86396\n");
    expect(bootedPassword()).toMatch(RANDOM);
    expect(machine.problems()[0]).toContain("does not come to its end in 5 s");
  });

  it("is a folder", () => {
    mkdirSync(machine.secrets, { recursive: true });
    expect(bootedPassword()).toMatch(RANDOM);
    expect(machine.problems()[0]).toContain(unchanged("is not a file", MADE_UP.join(", ")));
  });

  it("is a link to nowhere, which is made where it leads", () => {
    mkdirSync(join(machine.workspace, "config"), { recursive: true });
    symlinkSync(join(machine.dir, "later"), machine.secrets);
    const password = bootedPassword();
    expect(machine.read("later")).toContain(password);
  });
});

it("keeps the config folder's absence from stopping anything", () => {
  machine.boot();
  renameSync(join(machine.workspace, "config"), join(machine.workspace, "config-of-before"));
  const password = bootedPassword();
  expect(password).toMatch(RANDOM);
  expect(machine.read("workspace/config/secrets.env")).toContain(password);
});

it("has not touched a file that lacks nothing", () => {
  write(`${MADE_UP.map((name) => `${name}=x`).join("\n")}\n`);
  utimesSync(machine.secrets, 1000, 1000);
  machine.boot({ HF_TOKEN: "" });
  expect(statSync(machine.secrets).mtimeMs).toBe(1_000_000);
});

function write(text: string | Buffer): void {
  machine.write("workspace/config/secrets.env", text);
  chmodSync(machine.secrets, 0o600);
}

/** The password that a boot hands to supervisord. */
function bootedPassword(env: Record<string, string> = {}): string {
  const command = ["sh", "-c", 'printf %s. "$SUPERVISOR_ADMIN_PASSWORD"'];
  return machine.boot(env, command).stdout.slice(0, -1);
}

/** As a script that sources the file gets it. */
function secretOf(name: string): string {
  const script = `. "$1" >/dev/null 2>&1; printf %s. "$${name}"`;
  const env = machine.env({});
  const args = ["-c", script, "bash", machine.secrets];
  const stdio = ["ignore", "pipe", "ignore"] as const;
  return spawnSync("bash", args, { encoding: "utf8", env, stdio: [...stdio] }).stdout.slice(0, -1);
}
