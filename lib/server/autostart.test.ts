import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAutostartChoices } from "./adapters/autostart-choices";
import { createSupervisorConf } from "./adapters/supervisor-conf";
import { createAutostart, findProgram } from "./autostart";

const CONF = `[program:comfy]
command=comfy
autostart=true ; mine
[program:worker]
command=worker
process_name=%(program_name)s_%(process_num)02d
numprocs=2
[program:web]
command=web
[group:site]
programs=web
`;

const SERVICES = new Set(["comfy", "worker:worker_00", "worker:worker_01", "site:web"]);

let folder: string;
let confPath: string;
let choicesPath: string;
let calls: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "autostart-"));
  confPath = join(folder, "supervisord.conf");
  choicesPath = join(folder, "service-autostart.toml");
  calls = [];
  writeFileSync(confPath, CONF);
});

afterEach(() => rmSync(folder, { recursive: true }));

const confText = () => readFileSync(confPath, "utf8");
const choicesText = () => readFileSync(choicesPath, "utf8");

function open(reread: () => Promise<unknown> = async () => calls.push("reread")) {
  return createAutostart({
    conf: createSupervisorConf(confPath),
    choices: createAutostartChoices(choicesPath),
    reread,
    invalidate: () => calls.push("invalidate"),
    knownNames: () => SERVICES,
  });
}

describe("set", () => {
  test("writes config and choice, then has supervisord read again", async () => {
    const answer = await open().set("comfy", false);
    expect(answer).toEqual({ status: "ok", name: "comfy", autostart: false });
    expect(confText()).toBe(CONF.replace("autostart=true", "autostart=false"));
    expect(choicesText()).toBe("[services.comfy]\nautostart = false\n");
    expect(calls).toEqual(["reread", "invalidate"]);
  });

  test("keeps the choice also where the config says so already", async () => {
    await open().set("comfy", true);
    expect(confText()).toBe(CONF);
    expect(choicesText()).toBe("[services.comfy]\nautostart = true\n");
  });

  test.each([
    ["worker:worker_01", "worker"],
    ["site:web", "web"],
  ])("%s stands in the section of %s", async (name, program) => {
    expect(await open().set(name, false)).toMatchObject({ name, autostart: false });
    expect(confText()).toContain(`[program:${program}]\nautostart=false\n`);
    expect(choicesText()).toBe(`[services.${program}]\nautostart = false\n`);
  });

  test("a supervisord that cannot be asked does not fail the switch", async () => {
    const autostart = open(() => Promise.reject(new Error("supervisord is away")));
    expect(await autostart.set("comfy", false)).toMatchObject({ status: "ok" });
    expect(calls).toEqual(["invalidate"]);
  });

  test("an unknown service is not found, and no choice is kept", async () => {
    await expect(open().set("nope", false)).rejects.toMatchObject({
      code: "not_found",
      message: `There is no [program:nope] in ${confPath}.`,
    });
    expect(() => choicesText()).toThrow("ENOENT");
    expect(confText()).toBe(CONF);
  });

  test.each([
    ["a choices file that is not TOML", () => writeFileSync(choicesPath, "[services\n")],
    ["a folder in its place", () => mkdirSync(choicesPath)],
  ])("%s: the config stays as it was, and the error names the file", async (_title, spoil) => {
    spoil();
    await expect(open().set("comfy", false)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(choicesPath),
    });
    expect(confText()).toBe(CONF);
    expect(calls).toEqual(["invalidate"]);
  });

  test("says so where the config cannot be changed back", async () => {
    const conf = createSupervisorConf(confPath);
    const parts = { choices: createAutostartChoices(choicesPath), reread: async () => {} };
    const stuck = {
      ...conf,
      async setAutostart(program: string, enabled: boolean) {
        const { file } = await conf.setAutostart(program, enabled);
        return { file, undo: () => Promise.reject(new Error("no")) };
      },
    };
    writeFileSync(choicesPath, "[services\n");
    const autostart = createAutostart({
      ...parts,
      conf: stuck,
      invalidate: () => {},
      knownNames: () => null,
    });
    await expect(autostart.set("comfy", false)).rejects.toThrow(
      `${confPath} is changed already, and could not be changed back.`,
    );
  });

  test("a process that no program has is not found, though its group is a program", async () => {
    await expect(open().set("comfy:zzz", false)).rejects.toMatchObject({ code: "not_found" });
    expect(confText()).toBe(CONF);

    await open().set("worker:worker_01", false);
    expect(confText()).toMatch(/\[program:worker\][^[]*autostart=false/);
  });

  test("the last of many switches at once is the one that stays, in both files", async () => {
    const autostart = open();
    const wishes = [false, true, false, true, false, true, false];
    await Promise.all(wishes.map((enabled) => autostart.set("comfy", enabled)));
    expect(confText()).toContain("autostart=false ; mine");
    expect(choicesText()).toBe("[services.comfy]\nautostart = false\n");
  });
});

test("a program is found by the name of its service", () => {
  const programs = new Map(["a", "b", "c:d"].map((name) => [name, null]));
  const names = ["a", "g:a", "b:b_00", "c:d", "nope", "x:y", "b:"];
  expect(names.map((name) => findProgram(name, programs))).toEqual("a a b c:d nope x b".split(" "));
});
