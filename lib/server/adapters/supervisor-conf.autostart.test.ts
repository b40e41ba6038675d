import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "../errors";
import { createSupervisorConf } from "./supervisor-conf";

const CONF = `[supervisord]
nodaemon=true
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
const open = () => createSupervisorConf(path);

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "supervisor-conf-")));
  path = join(folder, "supervisord.conf");
  extra = join(folder, "extra.conf");
  writeFileSync(path, CONF);
  writeFileSync(extra, EXTRA);
});

afterEach(() => rmSync(folder, { recursive: true }));

test("flips there and back again, byte for byte, in the words of the file", async () => {
  const conf = open();
  expect(await conf.setAutostart("comfy", false)).toMatchObject({ file: path });
  expect(readFileSync(path, "utf8")).toBe(CONF.replace("Yes ", "No "));
  expect((await conf.read()).programs.get("comfy")?.autostart).toBe(false);
  await conf.setAutostart("comfy", true);
  expect(readFileSync(path, "utf8")).toBe(CONF);
});

test("adds what is missing to the last file that has the section", async () => {
  const conf = open();
  expect(await conf.setAutostart("kohya", false)).toMatchObject({ file: extra });
  expect(readFileSync(extra, "utf8")).toBe(EXTRA.replace("]\nuser", "]\nautostart=false\nuser"));
  await conf.setAutostart("kohya", true);
  expect(readFileSync(extra, "utf8")).toBe(EXTRA.replace("]\nuser", "]\nautostart=true\nuser"));
  expect(readFileSync(path, "utf8")).toBe(CONF);
});

test("changes the file that the value comes from, be it not the last with the section", async () => {
  writeFileSync(extra, "[program:comfy]\nuser=me\n");
  expect(await open().setAutostart("comfy", false)).toMatchObject({ file: path });
  expect(readFileSync(path, "utf8")).toContain("autostart = No ");
});

test("touches nothing where the value is that already", async () => {
  const { undo } = await open().setAutostart("kohya", true);
  await undo();
  expect(readFileSync(extra, "utf8")).toBe(EXTRA);
});

test("can be undone, byte for byte, and without losing what others wrote since", async () => {
  const conf = open();
  const comfy = await conf.setAutostart("comfy", false);
  const kohya = await conf.setAutostart("kohya", false);
  await comfy.undo();
  expect(readFileSync(path, "utf8")).toBe(CONF);
  appendFileSync(extra, "; theirs\n");
  await kohya.undo();
  expect(readFileSync(extra, "utf8")).toContain("autostart=true\nuser=me\n");
  expect(readFileSync(extra, "utf8")).toContain("; theirs\n");
});

test("many at once all arrive", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
  writeFileSync(extra, names.map((name) => `[program:${name}]\ncommand=x\n`).join(""));
  const conf = open();
  await Promise.all(names.map((name) => conf.setAutostart(name, false)));
  const { programs } = await conf.read();
  expect(names.map((name) => programs.get(name)?.autostart)).toEqual(names.map(() => false));
});

test("an unknown program is not found", async () => {
  await expect(open().setAutostart("nope", true)).rejects.toThrow(
    new AppError("not_found", `There is no [program:nope] in ${path}.`),
  );
});

test("a config that supervisord would refuse is left alone", async () => {
  appendFileSync(path, "autostart=perhaps\n");
  const broken = readFileSync(path, "utf8");
  await expect(open().setAutostart("comfy", false)).rejects.toThrow(
    `${path}: line 10: autostart=perhaps of [program:kohya] is neither true nor false. Autostart stays as it was.`,
  );
  expect(readFileSync(path, "utf8")).toBe(broken);
});
