import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createRemote, gitIn, type Remote, removeFolders } from "@/lib/server/testing/git-remotes";
import { createHeldPrograms, type HeldPrograms } from "@/lib/server/testing/held-programs";
import { createUpdateMachine, type UpdateMachine } from "@/lib/server/testing/update-machine";
import { codeOf } from "@/lib/server/testing/web-service";

vi.setConfig({ testTimeout: 60_000 });

let machine: UpdateMachine;
let held: HeldPrograms;
let kohya: Remote;
let releases = 0;

const inDir = (...path: string[]) => join(machine.dir, ...path);
const configPath = () => join(machine.workspace, "config", "service-updates.toml");
const headOf = (repo: string) => gitIn(inDir("repos", repo), "rev-parse", "HEAD");

/** Services that nobody starts: see the tests of boots for those that wait for the reconcile. */
beforeAll(async () => {
  held = createHeldPrograms();
  machine = await createUpdateMachine({ PATH: held.path });
  await machine.app().actions.act("comfy", "stop");
  mkdirSync(join(machine.workspace, "config"));
  kohya = createRemote({ "kohya_gui.py": "print(1)\n" });
  renameSync(kohya.clone(), inDir("repos", "kohya_ss"));
}, 60_000);
beforeEach(() => held.clear());
afterAll(async () => {
  await machine.end();
  removeFolders();
}, 30_000);

function publish(main = codeOf(`release ${releases + 1}`)): string {
  releases += 1;
  machine.index.release("widget", `2.${releases}`);
  const requirements = `widget==2.${releases}\n`;
  return machine.remote.commit({ "main.py": main, "requirements.txt": requirements });
}

function choose(services: Record<string, string>, enabled = true): string {
  const tables = Object.entries(services).map(([name, target]) => {
    const line = target ? `target_ref = "${target}"\n` : "";
    return `[services.${name}] # mine\nauto_update = true\n${line}`;
  });
  const text = `enabled = ${enabled}\n${tables.join("\n")}`;
  writeFileSync(configPath(), text);
  return text;
}

function launch(args: string[], env: Record<string, string>) {
  const program = inDir("bin", "service-updates-reconcile.mjs");
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on("line", (line) => lines.push(line));
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]);
  return { child, lines, ended };
}

async function boot(args: string[] = [], env: Record<string, string> = {}) {
  const began = performance.now();
  const { lines, ended } = launch(args, env);
  const [[code]] = await ended;
  return { code, lines, last: lines.at(-1), ms: performance.now() - began };
}

function counts(changed: number, same: number, failed: number, skipped: number): string {
  const asked = changed + same + failed + skipped;
  return `Updates: ${asked} asked for, ${changed} changed, ${same} already there, ${failed} failed, ${skipped} skipped`;
}

describe("a service that is to be updated", () => {
  it("goes to its exact target, and says so in the audit", async () => {
    const before = headOf("ComfyUI");
    const wanted = publish();
    publish();
    const text = choose({ comfy: wanted });
    const { code, lines, last } = await boot();
    expect({ code, last }).toEqual({ code: 0, last: counts(1, 0, 0, 0) });
    expect(lines[0]).toMatch(
      new RegExp(`^comfy: master@${before.slice(0, 7)} to .*${wanted.slice(0, 7)}$`),
    );
    expect(headOf("ComfyUI")).toBe(wanted);
    expect(machine.audit()).toMatchObject([
      {
        service: "comfy",
        reason: "boot_reconcile",
        actor: "boot",
        state: "done",
        before,
        after: wanted,
      },
    ]);
    expect(machine.pinned()).toBe(text);
  });

  it("costs next to nothing where it is there already", async () => {
    const before = machine.picture();
    choose({ comfy: headOf("ComfyUI") });
    const { code, lines, last, ms } = await boot();
    expect({ code, last }).toEqual({ code: 0, last: counts(0, 1, 0, 0) });
    expect(lines[0]).toMatch(/^comfy: is at .* already$/);
    expect(ms).toBeLessThan(5000);
    expect(machine.picture()).toEqual(before);
    expect(machine.audit()).toHaveLength(1);
  });

  it("is only looked at in a dry run", async () => {
    const before = machine.picture();
    choose({ comfy: "" });
    const { code, lines, last } = await boot(["--dry-run"]);
    expect({ code, last }).toEqual({ code: 0, last: counts(1, 0, 0, 0) });
    expect(lines[0]).toMatch(/^comfy: would go from .* to master@/);
    expect(machine.picture()).toEqual(before);
    expect(machine.audit()).toHaveLength(1);
  });

  it("goes to the newest where no target is given, by the files that are named", async () => {
    choose({ comfy: "" });
    renameSync(configPath(), inDir("mine.toml"));
    const args = ["--config", inDir("mine.toml"), "--rollback-log", inDir("mine.jsonl")];
    const { code, last } = await boot(args);
    expect({ code, last }).toEqual({ code: 0, last: counts(1, 0, 0, 0) });
    expect(headOf("ComfyUI")).toBe(machine.remote.head());
    expect(JSON.parse(readFileSync(inDir("mine.jsonl"), "utf8"))).toMatchObject({
      reason: "boot_reconcile",
      after: machine.remote.head(),
    });
    expect(machine.audit()).toHaveLength(1);
  });

  it("stays whole where the new version cannot start, which is then not tried again", async () => {
    choose({ comfy: "" });
    const before = machine.picture();
    publish("this is no Python");
    const first = await boot();
    expect(first).toMatchObject({ code: 1, last: counts(0, 0, 1, 0) });
    expect(first.lines[0]).toMatch(/^comfy: failed: .* Rolled back\. Comfy UI is at master@/);
    expect(machine.picture()).toEqual(before);
    expect(machine.audit().at(-1)).toMatchObject({
      reason: "boot_reconcile",
      state: "rolled_back",
    });
    const second = await boot();
    expect(second).toMatchObject({ code: 0, last: counts(0, 0, 0, 1) });
    expect(second.lines[0]).toMatch(/^comfy: skipped, master@.* failed before$/);
  });

  it("is mended first where the boot before was cut off", async () => {
    const sha = publish();
    choose({ comfy: sha });
    held.holdNext("tar *--create*");
    const { child, ended } = launch([], {});
    await held.untilHeld();
    child.kill("SIGKILL");
    await ended;
    held.clear();
    const { code, lines, last } = await boot();
    expect(lines[0]).toMatch(/^comfy: Rolled back\. Comfy UI is at /);
    expect({ code, last }).toEqual({ code: 0, last: counts(1, 0, 0, 0) });
    expect(headOf("ComfyUI")).toBe(sha);
    expect(machine.audit().slice(-2)).toMatchObject([{ state: "rolled_back" }, { state: "done" }]);
  });
});

describe("one that fails", () => {
  let silent: Server;

  beforeAll(async () => {
    silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
  });
  afterAll(() => silent.close());

  it("keeps none of the others, and names that nobody updates are skipped", async () => {
    const wanted = kohya.commit({ "kohya_gui.py": "print(2)\n" });
    choose({ comfy: "no-such-branch", kohya: "", jupyter: "", nobody: "" });
    const { code, lines, last } = await boot();
    expect({ code, last }).toEqual({ code: 1, last: counts(1, 0, 1, 2) });
    expect(lines).toContain("nobody: skipped, there is no such service");
    expect(lines).toContain("jupyter: skipped, it is part of the image");
    expect(lines).toContainEqual(expect.stringMatching(/^comfy: failed: .*no-such-branch/));
    expect(headOf("kohya_ss")).toBe(wanted);
  });

  it("because its source never answers takes no longer than the silence allowed", async () => {
    const { port } = silent.address() as { port: number };
    gitIn(machine.repo, "remote", "set-url", "origin", `http://127.0.0.1:${port}/comfy.git`);
    const wanted = kohya.commit({ "kohya_gui.py": "print(3)\n" });
    choose({ comfy: "", kohya: "" });
    const { code, lines, last, ms } = await boot([], { SERVICE_UPDATES_BOOT_SILENCE_SECONDS: "2" });
    gitIn(machine.repo, "remote", "set-url", "origin", machine.remote.url);
    expect({ code, last }).toEqual({ code: 1, last: counts(1, 0, 1, 0) });
    expect(lines).toContainEqual(expect.stringMatching(/^comfy: failed: /));
    expect(ms).toBeLessThan(10_000);
    expect(headOf("kohya_ss")).toBe(wanted);
  });
});

describe("what there is nothing to do for", () => {
  it.each([
    {
      why: "it is not enabled",
      args: [],
      env: {},
      text: "enabled = false\n",
      code: 0,
      says: /not enabled/,
    },
    {
      why: "the environment says no",
      args: [],
      env: { SERVICE_UPDATES_BOOT_RECONCILE: "0" },
      text: "enabled = true\n",
      code: 0,
      says: /switched off/,
    },
    {
      why: "the file is broken",
      args: [],
      env: {},
      text: "enabled = maybe\n",
      code: 2,
      says: /service-updates\.toml cannot be used: line 1/,
    },
    {
      why: "an option is unknown",
      args: ["--fast"],
      env: {},
      text: "enabled = true\n",
      code: 2,
      says: /--fast/,
    },
  ])("because $why", async ({ args, env, text, code, says }) => {
    writeFileSync(configPath(), text);
    const before = machine.picture();
    const answer = await boot(args, env);
    expect(answer.code).toBe(code);
    expect(answer.lines.join("\n")).toMatch(says);
    expect(machine.picture()).toEqual(before);
    expect(machine.pinned()).toBe(text);
  });

  it("because there is no file", async () => {
    rmSync(configPath());
    expect(await boot()).toMatchObject({ code: 0, last: expect.stringMatching(/not enabled/) });
  });
});
