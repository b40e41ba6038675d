import { parse } from "@decimalturn/toml-patch";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { forAll, textOnlyOf } from "@/lib/testing/fuzz";
import { AppError } from "../errors";
import { splitLines } from "./conf-line";
import { ConfSyntaxError, parseConf, setOption } from "./conf-text";
import { editToml } from "./toml-edit";

const conf = textOnlyOf(
  "[program:a]\n",
  "[program:b] ; mine\r\n",
  "autostart=true\n",
  "autostart : false  ; c\r\n",
  "AutoStart=\n",
  "autostart=maybe",
  "\n",
  "\r",
  "# c\n",
  "k: v\n",
  "\t goes on\n",
  "  ; c\n",
).map((lines) => `[program:a]\n${lines}`);
const toml = textOnlyOf(
  "[services.comfy]\n",
  "[services]\n",
  "[other]  # mine\n",
  "auto_update = true\n",
  "autostart = false   # mine\n",
  "x = 1\n",
  "# mine\n",
  "\n",
  "comfy.y = 'z'\n",
  "services = { comfy = { a = 1 } }\n",
  "a = [1,\n  2, # mine\n]\n",
  's = """\n[x]\n"""\n',
);

/** Null where it is refused as it should be. */
function tryTo<T>(work: () => T, ...refusals: (new (...args: never[]) => Error)[]): T | null {
  try {
    return work();
  } catch (error) {
    if (refusals.some((kind) => error instanceof kind)) return null;
    throw error;
  }
}

test("an option is set, and every other line of the config stays, to the byte", () => {
  let edits = 0;
  forAll([conf, fc.boolean()], (text, enabled) => {
    const sections = tryTo(() => parseConf(text), ConfSyntaxError);
    for (const name of sections?.keys() ?? []) {
      const value = String(enabled);
      const edited = setOption(text, name, "autostart", value);
      expect(parseConf(edited).get(name)?.options.get("autostart")?.value).toBe(value);
      expect(setOption(edited, name, "autostart", value)).toBe(edited);
      expect(otherLines(edited)).toEqual(otherLines(text));
      edits += 1;
    }
  });
  expect(edits).toBeGreaterThan(100);
});

test("a value is set in a TOML file, which then says that and what it said before", () => {
  let edits = 0;
  forAll([toml, fc.boolean()], (text, value) => {
    const edit = { table: ["services", "comfy"], key: "autostart", value };
    const edited = tryTo(() => editToml(text, [edit], "x.toml"), AppError);
    if (edited === null) return;
    const before = parse(text) as Record<string, { comfy?: object }>;
    const comfy = { ...before.services?.comfy, autostart: value };
    expect(plain(parse(edited))).toEqual(
      plain({ ...before, services: { ...before.services, comfy } }),
    );
    expect(editToml(edited, [edit], "x.toml")).toBe(edited);
    const comments = (of: string) => of.match(/# mine/g)?.length ?? 0;
    expect(comments(edited)).toBe(comments(text));
    edits += 1;
  });
  expect(edits).toBeGreaterThan(50);
});

/** A value that stood in several lines takes all of them with it. */
function otherLines(text: string): string[] {
  return splitLines(text).filter((line) => !/autostart|goes on/i.test(line));
}

/** With the prototypes that a comparison expects. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
