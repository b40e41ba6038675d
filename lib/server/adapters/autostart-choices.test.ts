import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAutostartChoices } from "./autostart-choices";

const BY_HAND = `# what starts with the machine
owner = "me"   # and nobody else
ids = [1, 2,   # two
  3]

[services.comfy]   # the best
autostart = true   # always
note = 'unknown \\ key'
big = 9007199254740993
since = 1979-05-27T07:32:00Z
ratio = nan

# the last one
[other]
x = 0x1F
`;

let folder: string;
let path: string;
const choices = () => createAutostartChoices(path);
const text = () => readFileSync(path, "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "autostart-choices-"));
  path = join(folder, "config", "service-autostart.toml");
});

afterEach(() => rmSync(folder, { recursive: true }));

async function start(content: string): Promise<void> {
  await choices().set("first", true);
  writeFileSync(path, content);
}

describe("set", () => {
  test("makes the file and its folder", async () => {
    await choices().set("ai-toolkit", false);
    expect(text()).toBe("[services.ai-toolkit]\nautostart = false\n");
  });

  test("keeps everything that a person wrote", async () => {
    await start(BY_HAND);
    await choices().set("comfy", false);
    expect(text()).toBe(BY_HAND.replace("= true   #", "= false  #"));
    await choices().set("comfy", true);
    expect(text()).toBe(BY_HAND);
    await choices().set("kohya", false);
    expect(text()).toBe(`${BY_HAND}\n[services.kohya]\nautostart = false\n`);
  });

  test("does not write what is there already", async () => {
    await start("services.comfy.autostart = false");
    await choices().set("comfy", false);
    expect(text()).toBe("services.comfy.autostart = false");
  });

  test.each([
    ["an inline table", "services = { comfy = { autostart = true } }\n"],
    ["dotted keys", "services.comfy.autostart = true\n[other]\na = 1\n"],
    ["dotted keys below a header", "[services]\ncomfy.autostart = true\n"],
    ["a table without autostart", "[services.comfy]\nnote = 'x'\n[services.kohya.deep]\n"],
    ["CRLF", "[services.comfy]\r\nautostart = true\r\n"],
    ["no final newline", "[services.comfy]\nautostart = true"],
    ["a byte order mark", "\ufeff[services.comfy]\nautostart = true\n"],
    ["comments only", "# nothing yet\n"],
  ])("finds its way with %s", async (_title, content) => {
    await start(content);
    const lines = content.split(/\r?\n/).filter((line) => /^(#|\[)/.test(line));
    for (const name of ["comfy", "kohya"]) await choices().set(name, false);
    expect(Object.fromEntries(await choices().read())).toEqual({ comfy: false, kohya: false });
    for (const line of lines) expect(text()).toContain(line);
  });

  test.each([
    "ai-toolkit",
    "a.b",
    'quo"ted',
    "größe",
    "__proto__",
    "constructor",
    "1",
    "x y",
  ])("keeps a service named %s", async (name) => {
    await choices().set(name, true);
    await choices().set("comfy", true);
    await choices().set(name, false);
    expect([...(await choices().read())]).toEqual(
      [
        [name, false],
        ["comfy", true],
      ].sort(([left]) => (left === "1" ? -1 : 0)),
    );
  });

  test("eight at once all arrive", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `service-${index}`);
    await Promise.all(names.map((name) => choices().set(name, false)));
    expect([...(await choices().read()).keys()].sort()).toEqual(names);
  });
});

describe("a file that cannot be understood", () => {
  test.each([
    ["[services.comfy\nautostart = true\n", "line 2, column 1: Table header must be single-line"],
    ["a = 1\n[services.x]\nautostart = ture\n", "line 3, column 13: "],
    ["a = 1\na = 2\n", "line 2, column 1: Value already defined for a"],
    ["services = 3\n", '"services" is not a table'],
    ["[[services]]\na = 1\n", '"services" is not a table'],
    ["[services]\ncomfy = true\n", '"comfy" is not a table'],
  ])("is refused and left alone: %j", async (content, reason) => {
    await start(content);
    const sentence = `${path} cannot be used: ${reason}`;
    await expect(choices().set("comfy", false)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(sentence),
    });
    expect(text()).toBe(content);
    await expect(choices().read()).rejects.toThrow(sentence);
  });

  test("is one whose choice is neither true nor false, when it is read", async () => {
    await start('[services.comfy]\nautostart = "yes"\n');
    await expect(choices().read()).rejects.toThrow('autostart of "comfy" is not true or false');
    await choices().set("comfy", true);
    expect(text()).toBe("[services.comfy]\nautostart = true\n");
  });
});

test("no file means no choices", async () => {
  expect(await choices().read()).toEqual(new Map());
});
