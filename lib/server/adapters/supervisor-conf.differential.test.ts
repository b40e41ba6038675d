import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askSupervisor, type PythonLoaded } from "../testing/supervisor-python";
import { createSupervisorConf, readSocketPath } from "./supervisor-conf";

const HEAD = "[supervisord]\nlogfile=%(here)s/main.log\n[unix_http_server]\nfile=%(here)s/s.sock\n";
const program = (name: string, autostart: string) =>
  `[program:${name}]\ncommand=/bin/${name}\nautostart=${autostart}\n`;

/** Files by path below the config's folder; an arrow makes a symbolic link. */
const TREES: Record<string, Record<string, string>> = {
  "no include": { conf: HEAD + program("a", "off") + program("b", "1") },
  "included files in order, the last one wins": {
    conf: `${program("a", "true")}[include]\nfiles = z.d/*.conf a.d/*.conf\n${HEAD}`,
    "z.d/2.conf": program("a", "false"),
    "z.d/10.conf": `${program("b", "no")}[program:a]\nautostart=true\n`,
    "a.d/1.conf": program("c", "no"),
    "a.d/.hidden.conf": program("hidden", "no"),
    "a.d/1.txt": program("text", "no"),
  },
  "an include inside an include is ignored": {
    conf: `${HEAD}[include]\nfiles=one.conf\n`,
    "one.conf": `${program("a", "no")}[include]\nfiles=two.conf\n`,
    "two.conf": program("b", "no"),
  },
  "here is the folder of the included file": {
    conf: `${HEAD}[include]\nfiles=%(here)s/conf.d/*\n`,
    "conf.d/log":
      "[supervisord]\nlogfile=%(here)s/sub.log\n[unix_http_server]\nfile=%(here)s/sub\n",
  },
  "names of the host and the environment": {
    conf: `${HEAD}[include]\nfiles=%(host_node_name)s.conf %(ENV_CONF_TEST)s/*.conf\n${program("a", "%(ENV_CONF_FLAG)s")}`,
    [`${hostname()}.conf`]: program("host", "no"),
    "extra/x.conf": program("x", "%(ENV_CONF_FLAG)s"),
  },
  "brackets, question marks and patterns in folders": {
    conf: `${HEAD}[include]\nfiles=*/[ab]?.conf [!c]*/c[1-2].conf d/[]x].conf d/[y.conf e/**/*.conf\n`,
    "d/a1.conf": program("a1", "no"),
    "d/c1.conf": program("c1", "no"),
    "d/c3.conf": program("c3", "no"),
    "c/c2.conf": program("c2", "no"),
    "d/].conf": program("bracket", "no"),
    "d/[y.conf": program("open", "no"),
    "e/f/g.conf": program("g", "no"),
    "e/f/h/i.conf": program("i", "no"),
    "e/top.conf": program("top", "no"),
  },
  "what cannot be opened is passed over": {
    conf: `${HEAD}[include]\nfiles=c/* none.conf\n${program("a", "no")}`,
    "c/folder/x": "",
    "c/gone": "-> nowhere",
    "c/good": "-> ../real.conf",
    "real.conf": program("b", "no"),
  },
  "defaults reach every program": {
    conf: `[DEFAULT]\nautostart=no\n${HEAD}[program:a]\ncommand=/bin/a\n${program("b", "yes")}`,
  },
  "sections in several files add up": {
    conf: `${HEAD}[include]\nfiles=x.conf\n[program:a]\nautostart=no\n`,
    "x.conf": "[program:a]\ncommand=/bin/a\n",
  },
  "comments and separators in the list": {
    conf: `${HEAD}[include]\nfiles = one.conf ; two.conf\n  three.conf\t four.conf\n${program("a", "no")}`,
    "one.conf": program("one", "no"),
    "two.conf": program("two", "no"),
    "three.conf": program("three", "no"),
    "four.conf": program("four", "no"),
  },
  "an include without files": { conf: `${HEAD}[include]\nfile=x\n` },
  "an include of an unknown name": { conf: `${HEAD}[include]\nfiles=%(ENV_NOT_SET_HERE)s\n` },
  "an include with a bare percent sign": { conf: `${HEAD}[include]\nfiles=a%b\n` },
  "a syntax error in an included file": {
    conf: `${HEAD}[include]\nfiles=x.conf\n`,
    "x.conf": "junk\n",
  },
  "bytes that are not UTF-8": { conf: `${HEAD}; \udc80\n`, bytes: "latin1" },
  "a word that is no boolean": { conf: HEAD + program("a", "maybe") },
  "an autostart of an unknown name": { conf: HEAD + program("a", "%(ENV_NOT_SET_HERE)s") },
  "an empty autostart": { conf: HEAD + program("a", "") },
  "doubled percent signs": { conf: HEAD + program("a", "%%(here)s") },
};

let root: string;
let loaded: Map<string, PythonLoaded>;
const confOf = (title: string) => join(root, String(Object.keys(TREES).indexOf(title)), "conf");

beforeAll(() => {
  process.env.CONF_TEST = "extra";
  process.env.CONF_FLAG = "off";
  root = realpathSync(mkdtempSync(join(tmpdir(), "supervisor-conf-")));
  const titles = Object.keys(TREES);
  for (const title of titles) plant(dirname(confOf(title)), TREES[title] ?? {});
  const answers = askSupervisor({ paths: titles.map(confOf) }).loaded;
  loaded = new Map(titles.map((title, index) => [title, answers[index] as PythonLoaded]));
});

afterAll(() => rmSync(root, { recursive: true }));

test.each(Object.keys(TREES))("supervisord sees the same: %s", async (title) => {
  const python = loaded.get(title);
  const { error, programs, supervisord } = await createSupervisorConf(confOf(title)).read();
  if (!python || "error" in python) {
    expect(error).toContain(dirname(confOf(title)));
    expect(programs.size).toBe(0);
    return;
  }
  expect(error).toBeNull();
  const autostarts = [...programs].map(([name, { autostart }]) => [name, autostart]);
  expect(Object.fromEntries(autostarts)).toEqual(python.programs);
  expect(supervisord.logfile).toBe(python.logfile);
  expect(readSocketPath(confOf(title))).toBe(python.socket);
});

function plant(folder: string, { bytes, ...files }: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), path);
    else writeFileSync(path, text, bytes === "latin1" ? "latin1" : "utf8");
  }
}
