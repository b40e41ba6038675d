import { describe, expect, test } from "vitest";
import { NASTY_CONFS } from "../testing/nasty-confs";
import { readBoolean, writeBoolean } from "./conf-boolean";
import { parseConf, setOption } from "./conf-text";

const CONF = `; the machine
[supervisord]
nodaemon = true

[program:comfy]      ; the best
command=/bin/bash -lc 'set -e; exec comfy' # here
    --listen
autostart = true     ; mine
AutoRestart=true

[program:kohya]
  command=/bin/kohya
`;

describe("parseConf", () => {
  test("keeps order, lowers keys and counts lines from 1", () => {
    const sections = parseConf(CONF);
    expect([...sections.keys()]).toEqual(["supervisord", "program:comfy", "program:kohya"]);
    expect(sections.get("program:comfy")).toEqual({
      name: "program:comfy",
      line: 5,
      options: new Map([
        ["command", { value: "/bin/bash -lc 'set -e; exec comfy'\n--listen", line: 6 }],
        ["autostart", { value: "true", line: 8 }],
        ["autorestart", { value: "true", line: 9 }],
      ]),
    });
  });

  test.each([
    ["[a]\nx=1\nwhat is this", 'line 3 is not an option: "what is this"'],
    ["\nx=1\n", "line 2 stands before the first [section]"],
    ["\ufeff[a]\n", "line 1 starts with a byte order mark"],
    ["[a]\n=1\n", 'line 2 is not an option: "=1"'],
  ])("refuses %j", (text, message) => {
    expect(() => parseConf(text)).toThrow(message);
  });
});

describe("setOption", () => {
  test("changes the one value and nothing else", () => {
    const off = setOption(CONF, "program:comfy", "autostart", "false");
    expect(off).toBe(CONF.replace("autostart = true     ;", "autostart = false     ;"));
    expect(setOption(off, "program:comfy", "autostart", "true")).toBe(CONF);
  });

  test("adds a missing option below the header, indented like the first key", () => {
    const added = setOption(CONF, "program:kohya", "autostart", "false");
    expect(added).toBe(CONF.replace("[program:kohya]\n", "[program:kohya]\n  autostart=false\n"));
    const back = setOption(added, "program:kohya", "autostart", "true");
    expect(back).toBe(added.replace("  autostart=false", "  autostart=true"));
  });

  test.each([
    "\n",
    "\r\n",
  ])("ends the last line where it must, and keeps its end open: %j", (eol) => {
    const text = `[supervisord]${eol}[program:a]`;
    expect(setOption(text, "program:a", "autostart", "no")).toBe(`${text}${eol}autostart=no`);
  });

  test("of equal options the last is changed, in whichever section it stands", () => {
    const text = "[program:a]\nautostart=yes\nautostart=no\n[program:b]\n[program:a]\nx=1\n";
    const flipped = "[program:a]\nautostart=yes\nautostart=yes\n[program:b]\n[program:a]\nx=1\n";
    expect(setOption(text, "program:a", "autostart", "yes")).toBe(flipped);
  });

  test("a value of several lines is replaced whole, the comments between its lines stay", () => {
    const text = "[a]\nx=1\n  2\n  ; why\n  3\ny=4\n";
    expect(setOption(text, "a", "x", "5")).toBe("[a]\nx=5\n  ; why\ny=4\n");
  });

  test("refuses a section that is not there, and a value that would be read differently", () => {
    expect(() => setOption(CONF, "program:x", "autostart", "no")).toThrow("no [program:x]");
    expect(() => setOption(CONF, "supervisord", "nodaemon", "a ;b")).toThrow("cannot hold");
    expect(() => setOption(CONF, "supervisord", "nodaemon", "a\nb=c")).toThrow("cannot hold");
  });

  test.each(
    Object.entries(NASTY_CONFS),
  )("there and back again is byte-identical: %s", (_, text) => {
    for (const [section, value] of singleLineAutostarts(text)) {
      const there = setOption(text, section, "autostart", "something");
      expect(changedLines(text, there)).toBe(1);
      expect(setOption(there, section, "autostart", value)).toBe(text);
      expect(setOption(text, section, "autostart", value)).toBe(text);
    }
  });
});

test("a boolean is answered in its own words", () => {
  const words = ["true", "TRUE", "True", "yes", "No", "ON", "0", "%(ENV_X)s", ""];
  expect(words.map((word) => writeBoolean(false, word))).toEqual(
    "false FALSE False no No OFF 0 false false".split(" "),
  );
  expect(words.map((word) => writeBoolean(true, word))).toEqual(
    "true TRUE True yes Yes ON 1 true true".split(" "),
  );
  expect(["on", "Off", "t", ""].map(readBoolean)).toEqual([true, false, null, null]);
});

function singleLineAutostarts(text: string): [string, string][] {
  try {
    return [...parseConf(text).values()].flatMap(({ name, options }) => {
      const value = options.get("autostart")?.value;
      return value === undefined || value.includes("\n") ? [] : [[name, value]];
    });
  } catch {
    return [];
  }
}

function changedLines(before: string, after: string): number {
  const lines = after.split("\n");
  return before.split("\n").filter((line, index) => line !== lines[index]).length;
}
