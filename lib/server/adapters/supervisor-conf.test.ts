import {
  appendFileSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSupervisorConf, readSocketPath } from "./supervisor-conf";

const CONF = `[unix_http_server]
file = %(ENV_RUN)s/supervisor.sock   ; the socket
[supervisord]
logfile=%(here)s/main.log
[include]
files = extra.conf
[program:comfy]
command=bash -lc 'set -e; exec comfy'   # quoted
autostart = Yes   ; as you like
[program:kohya]
  command=kohya
`;
const EXTRA = "[program:kohya]\nuser=me\n[eventlistener:ear]\nevents=TICK_5\n";

let folder: string;
let path: string;
let extra: string;
const open = (env = {}) => createSupervisorConf(path, env);

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "supervisor-conf-")));
  path = join(folder, "supervisord.conf");
  extra = join(folder, "extra.conf");
  writeFileSync(path, CONF);
  writeFileSync(extra, EXTRA);
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("read", () => {
  test("merges the programs of all files", async () => {
    const { error, programs, supervisord } = await open().read();
    expect(error).toBeNull();
    expect(supervisord.logfile).toBe(join(folder, "main.log"));
    expect(Object.fromEntries(programs)).toEqual({
      comfy: {
        section: "program:comfy",
        file: path,
        autostart: true,
        options: { command: "bash -lc 'set -e; exec comfy'", autostart: "Yes" },
      },
      kohya: {
        section: "program:kohya",
        file: extra,
        autostart: true,
        options: { command: "kohya", user: "me" },
      },
      ear: {
        section: "eventlistener:ear",
        file: extra,
        autostart: true,
        options: { events: "TICK_5" },
      },
    });
  });

  test("parses again only when something changed", async () => {
    const conf = open();
    const first = await conf.read();
    expect((await Promise.all([conf.read(), conf.read()])).every((state) => state === first)).toBe(
      true,
    );
    appendFileSync(extra, "[program:new]\ncommand=new\n");
    const second = await conf.read();
    expect(second.signature).not.toBe(first.signature);
    expect(second.programs.has("new")).toBe(true);
  });

  test.each([
    ["the main file grows", () => appendFileSync(path, "; more\n")],
    ["the main file is touched", () => utimesSync(path, 1, 1)],
    ["an included file goes", () => rmSync(extra)],
    ["an included file comes", () => writeFileSync(join(folder, "1.inc"), "")],
    [
      "an included file is replaced by an equal one",
      () => {
        writeFileSync(join(folder, "copy"), EXTRA);
        renameSync(join(folder, "copy"), extra);
      },
    ],
  ])("the signature changes when %s", async (_title, change) => {
    writeFileSync(path, CONF.replace("extra.conf", "extra.conf *.inc"));
    const conf = open();
    const { signature } = await conf.read();
    expect((await conf.read()).signature).toBe(signature);
    change();
    expect((await conf.read()).signature).not.toBe(signature);
  });

  test("with a broken file the last good programs stay, and the error names file and line", async () => {
    const conf = open();
    const good = await conf.read();
    appendFileSync(extra, "junk\n");
    const broken = await conf.read();
    expect(broken.error).toBe(`${extra}: line 5 is not an option: "junk".`);
    expect(broken.programs).toEqual(good.programs);
    expect(broken.signature).not.toBe(good.signature);
    expect(await conf.read()).toBe(broken);
    writeFileSync(extra, EXTRA);
    expect((await conf.read()).error).toBeNull();
  });

  test("a missing config is an error, not a throw, and is seen when it comes", async () => {
    rmSync(path);
    const conf = open();
    expect(await conf.read()).toMatchObject({ error: `There is no ${path}.`, programs: new Map() });
    writeFileSync(path, CONF);
    expect((await conf.read()).error).toBeNull();
  });

  test.each([
    "",
    "logfile=none\n",
    "logfile=main.log\n",
    "logfile=%(ENV_NO)s/x\n",
  ])("there is no main log with %j", async (line) => {
    writeFileSync(path, `[supervisord]\n${line}`);
    expect((await open().read()).supervisord.logfile).toBeNull();
  });
});

test("the socket is found with its names filled in", () => {
  expect(readSocketPath(path, { RUN: "/run" })).toBe("/run/supervisor.sock");
  expect(readSocketPath(path, {})).toBeNull();
  expect(readSocketPath(join(folder, "none.conf"))).toBeNull();
  writeFileSync(path, "[unix_http_server]\nfile=~/s.sock\n");
  expect(readSocketPath(path)).toBe(join(homedir(), "s.sock"));
});
