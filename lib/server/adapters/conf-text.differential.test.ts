import { parse as parseIni } from "ini";
import { beforeAll, describe, expect, test } from "vitest";
import { NASTY_CONFS } from "../testing/nasty-confs";
import { randomConfs } from "../testing/random-confs";
import { askSupervisor, type PythonReading } from "../testing/supervisor-python";
import { readBoolean } from "./conf-boolean";
import { ConfSyntaxError, parseConf, setOption } from "./conf-text";

const NASTY = Object.entries(NASTY_CONFS);
const ORIGINALS = [...NASTY.map(([, text]) => text), ...randomConfs(900, 20_260_211)];
const WORDS = "true TRUE True yes Yes no on off 1 0 t f y n 2 none tRuE"
  .split(" ")
  .concat("", " 1");

const READ_ALIKE_BY_INI = [
  "empty",
  "only blank lines",
  "only comments",
  "plain",
  "no final newline",
  "header as the last bytes",
  "header with CRLF as the last bytes",
  "CRLF",
  "lone CR",
  "mixed line ends",
  "semicolon after a space",
  "hash after a space",
  "equals in the value",
  "words of another kind",
  "empty value",
  "empty value and comment",
  "comment behind the value",
  "comment lines",
  "key that opens a bracket",
  "indented keys",
  "two equal options",
  "two equal sections",
  "second section without the option",
  "second section is empty",
  "percent signs",
  "shell default",
  "no-break spaces",
  "vertical tabs and form feeds",
  "a NUL byte",
  "every kind of program",
];

type Flip = { before: string; after: string; section: string; value: string };
const FLIPS = ORIGINALS.flatMap(flipsOf);

let python: Map<string, PythonReading>;
let booleans: (boolean | null)[];

beforeAll(() => {
  const configs = [...new Set([...ORIGINALS, ...FLIPS.map((flip) => flip.after)])];
  const answer = askSupervisor({ configs, words: WORDS });
  python = new Map(
    configs.map((config, index) => [config, answer.configs[index] as PythonReading]),
  );
  booleans = answer.booleans;
});

describe("parseConf reads what supervisor reads", () => {
  test.each(NASTY)("%s", (_title, text) => {
    expect(ours(text)).toEqual(python.get(text));
  });

  test("900 configs put together from awkward parts", () => {
    for (const text of ORIGINALS)
      expect(ours(text), JSON.stringify(text)).toEqual(python.get(text));
    const accepted = ORIGINALS.filter((text) => "sections" in ours(text));
    expect(accepted.length).toBeGreaterThan(450);
  });

  test("a word is a boolean for both or for neither", () => {
    expect(WORDS.map((word) => readBoolean(word))).toEqual(booleans);
  });
});

test("after a flip supervisor reads the new value, and everything else as before", () => {
  expect(FLIPS.length).toBeGreaterThan(1000);
  for (const { before, after, section, value } of FLIPS) {
    const expected = asObjects(before);
    expected[section] = { ...expected[section], autostart: value };
    expect(asObjects(after), JSON.stringify({ before, after })).toEqual(expected);
  }
});

test("npm's ini agrees with supervisor on few of them, so it cannot read programs", () => {
  const accepted = NASTY.filter(([, text]) => "sections" in ours(text));
  const agreeing = accepted.filter(([, text]) => {
    const { DEFAULT: _, ...sections } = asObjects(text);
    const ini = JSON.parse(JSON.stringify(parseIni(text)), (_key, value) =>
      typeof value === "object" ? value : String(value),
    );
    return JSON.stringify(ini) === JSON.stringify(sections);
  });
  expect(agreeing.map(([title]) => title)).toEqual(READ_ALIKE_BY_INI);
  expect(accepted.length).toBeGreaterThan(2 * agreeing.length);
});

function ours(text: string): PythonReading {
  try {
    const sections = [...parseConf(text).values()].map(
      ({ name, options }): [string, [string, string][]] => [
        name,
        [...options].map(([key, { value }]) => [key, value]),
      ],
    );
    const defaults = sections.find(([name]) => name === "DEFAULT")?.[1] ?? [];
    return { sections: sections.filter(([name]) => name !== "DEFAULT"), defaults };
  } catch (error) {
    if (error instanceof ConfSyntaxError) return { error_line: error.line };
    throw error;
  }
}

function flipsOf(before: string): Flip[] {
  const reading = ours(before);
  if (!("sections" in reading)) return [];
  const programs = reading.sections.map(([name]) => name).filter((name) => name.includes(":"));
  return programs.flatMap((section) =>
    ["true", "false"].map((value) => {
      const after = setOption(before, section, "autostart", value);
      return { before, after, section, value };
    }),
  );
}

/** As Python reads it; an object without prototype, since `__proto__` is a name like any other. */
function asObjects(text: string): Record<string, Record<string, string>> {
  const reading = python.get(text);
  if (!reading || !("sections" in reading)) throw new Error(`refused: ${JSON.stringify(text)}`);
  const all = [...reading.sections, ["DEFAULT", reading.defaults] as const];
  return Object.fromEntries(all.map(([name, options]) => [name, Object.fromEntries(options)]));
}
