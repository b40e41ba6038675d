import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import { Machine, SCRIPTS } from "./testing/launchers";

let machine: Machine;

beforeEach(() => {
  machine = new Machine();
});

afterEach(() => machine.remove());

describe("load_secrets", () => {
  const load = (extra: Record<string, string> = {}) => machine.script("load_secrets; env", extra);
  const complaint = (where: string) =>
    `${machine.workspace}/config/secrets.env counts only in part: bash cannot read${where}.\n`;

  it("exports what the file holds, quoted or not, with and without export", () => {
    machine.secrets(`# mine\nexport A='a b'\nB="x$A"\n\nC=1 D=2\n`);
    const { env, stderr } = load();
    expect(env).toMatchObject({ A: "a b", B: "xa b", C: "1", D: "2" });
    expect(stderr).toBe("");
  });

  it("lets a variable win that is set already, and not one that is empty", () => {
    machine.secrets("JUPYTER_TOKEN=file\nCODE_SERVER_PASSWORD=file\nPATH=/nowhere\n");
    const { env } = load({ JUPYTER_TOKEN: "mine", CODE_SERVER_PASSWORD: "" });
    expect(env).toMatchObject({ JUPYTER_TOKEN: "mine", CODE_SERVER_PASSWORD: "file" });
  });

  it("takes the token's old name, where it has none under the new one", () => {
    machine.secrets("export hf_token='hf_old'\n");
    expect(load().env.HF_TOKEN).toBe("hf_old");
    expect(load({ HF_TOKEN: "hf_new" }).env.HF_TOKEN).toBe("hf_new");
  });

  it.each([
    ["a word too many", "A=1\nHF_TOKEN= hf_secret\nB=2\n", " its line 2"],
    ["a quote that nobody closes", "A=1\nB='hf_secret\n", " its line 2"],
    ["a line that ends the shell", "A=1\nhf_secret\nexit 3\n", " its line 2"],
    ["no text at all", "A=1\n\0\x01hf_secret\n", " its line 2"],
  ])("goes on past %s, and repeats nothing of it", (_, text, where) => {
    machine.secrets(text);
    const { code, env, stderr } = load();
    expect([code, env.A]).toEqual([0, "1"]);
    expect(stderr).toBe(complaint(where));
  });

  it("does without a file that is a folder", () => {
    machine.write("workspace/config/secrets.env/x", "");
    const { code, stderr } = load();
    expect([code, stderr]).toEqual([0, complaint(" it to its end")]);
  });

  it("does not wait for ever for a file that does not end", () => {
    machine.secrets("A=1\nwhile :; do :; done\n");
    const { env, stderr } = load();
    expect([env.A, stderr]).toEqual(["1", complaint(" it to its end")]);
  });

  it("does not wait for a process that the file leaves behind", () => {
    machine.secrets("A=1\nsleep 86400 &\nprintf %s $! >$WORKSPACE_ROOT/left\nB=2\n");
    const { env, stderr } = load();
    const left = Number(readFileSync(machine.path("workspace/left"), "utf8"));
    expect(process.kill(left, "SIGKILL")).toBe(true);
    expect([env.A, env.B, stderr]).toEqual(["1", "2", ""]);
  });

  it("takes nothing for a complaint that the image has every bash begin with", () => {
    machine.secrets("A=1\n");
    const noisy = machine.write("noisy.sh", "echo hello\n");
    // Without a level, bash takes the socket that Node gives it for a remote login.
    const { env, stderr } = load({ BASH_ENV: noisy, SHLVL: "2" });
    expect([env.A, stderr]).toEqual(["1", ""]);
  });

  it("reads a file with the line ends of another system", () => {
    machine.secrets("export A='x'\r\nB=y\r\n");
    expect(load().env).toMatchObject({ A: "x", B: "y" });
  });
});

describe("wait_for_update", () => {
  const waiting = "comfy waits for the update that this boot re-applies.\n";
  const wait = () =>
    machine.start([
      "-euo",
      "pipefail",
      "-c",
      `. ${SCRIPTS}/lib.sh; wait_for_update comfy; echo on`,
    ]);

  it("does not wait where nothing holds the service", () => {
    const { lines, code } = machine.script("wait_for_update comfy; echo on");
    expect([lines, code]).toEqual([["on", ""], 0]);
  });

  it("waits, says so once, and goes on when the service is released", async () => {
    const hold = machine.write("run/hold/comfy", `${process.pid}\n`);
    const { said, ended } = wait();
    await waitFor(() => said() === waiting);
    rmSync(hold);
    expect(await ended).toEqual([0, null]);
    expect(said()).toBe(`${waiting}on\n`);
  });

  it("goes on when the update is killed, and leaves no hold that another process could come to have", async () => {
    const update = spawn("sleep", ["1000"]);
    machine.write("run/hold/comfy", String(update.pid));
    const { said, ended } = wait();
    await waitFor(() => said() === waiting);
    update.kill("SIGKILL");
    await once(update, "exit");
    expect(await ended).toEqual([0, null]);
    expect(machine.has("run/hold/comfy")).toBe(false);
  });

  it("ends at once when it is told to", async () => {
    machine.write("run/hold/comfy", String(process.pid));
    const { child, said, ended } = wait();
    await waitFor(() => said() === waiting);
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
    expect(machine.has("run/hold/comfy")).toBe(true);
  });

  it("waits for an update that is only about to start, but not for one that never did", async () => {
    const hold = machine.write("run/hold/comfy", "");
    const { said, ended } = wait();
    await waitFor(() => said() === waiting);
    const then = Date.now() / 1000 - 11;
    utimesSync(hold, then, then);
    expect(await ended).toEqual([0, null]);
  });

  it.each(["not a number", "4194305", "/"])("does not wait for the pid %s", (pid) => {
    machine.write("run/hold/comfy", pid);
    expect(machine.script("wait_for_update comfy; echo on").lines).toEqual(["on", ""]);
  });

  it.each([
    "comfy",
    "kohya",
    "diffpipe",
    "invoke",
  ])("comes before anything else in the launcher of %s", async (name) => {
    machine.write(`run/hold/${name}`, String(process.pid));
    const { child, said, ended } = machine.startLauncher(name);
    await waitFor(() => said() === waiting.replace("comfy", name));
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
  });
});

describe("pilot_node", () => {
  const copy = (text: string) => {
    machine.script(`cp ${SCRIPTS}/lib.sh ${machine.dir}/lib.sh`);
    return machine.script(`. ${machine.dir}/lib.sh; ${text}`).lines[0];
  };

  it("is the one of the image, or else the one on PATH", () => {
    expect(copy("pilot_node")).toBe(machine.path("tools/node"));
    const own = machine.fake("node/bin/node", "");
    expect(copy("pilot_node")).toBe(own);
    chmodSync(own, 0o644);
    expect(copy("pilot_node")).toBe(machine.path("tools/node"));
  });

  it("fails where there is none", () => {
    rmSync(machine.path("tools/node"));
    expect(copy("pilot_node || echo none")).toBe("none");
  });
});
