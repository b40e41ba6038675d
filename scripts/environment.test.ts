import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import apps from "@/scripts/apps.json";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const DOC = "docs/environment-variables.md";
const NAME = "[A-Z][A-Z0-9_]+";

/** What a shell, npm or Next sets for itself, or hands from one of our own programs to the next. */
const NOT_SETTINGS = new Set(
  [
    "BASH BASHPID BASH_SOURCE BASH_REMATCH EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME HOME IFS LINENO",
    "PATH PIPESTATUS PPID PWD RANDOM SECONDS UID",
    "INIT_CWD NEXT_RUNTIME NODE_ENV HOSTNAME PORT SUPERVISOR_ENABLED",
    "PILOT_PATH PILOT_SCRIPTS VIRTUAL_ENV PYTHONPATH PYTHONUNBUFFERED DEBIAN_FRONTEND",
  ].flatMap((names) => names.split(" ")),
);

describe("the page of environment variables", () => {
  const documented = namesInTables(read(DOC));
  const taken = new Set([...shell(), ...programs(), ...builds()]);

  it("has every variable that is read", () => {
    const missing = [...taken].filter((name) => !documented.has(name) && !NOT_SETTINGS.has(name));
    expect(missing.sort()).toEqual([]);
  });

  it("has none that nothing reads", () => {
    expect([...documented].filter((name) => !taken.has(name)).sort()).toEqual([]);
  });

  it("gives the defaults that are built in", () => {
    const page = read(DOC);
    for (const { portEnv, port } of Object.values(apps))
      expect(page).toMatch(new RegExp(`\\| \`${portEnv}\` \\| \`${port}\``));
    for (const [, name, value] of read("Dockerfile").matchAll(/^ARG (\w+)=(\S+)/gm)) {
      if (name === undefined || NOT_SETTINGS.has(name)) continue;
      expect(page).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\| \`${value}\``, "m"));
    }
  });

  it("is where the README sends its readers", () => {
    expect(read("README.md")).toContain(DOC);
  });
});

/** Of rows as in: | `A`, `B` | `default` | who | meaning | */
function namesInTables(page: string): Set<string> {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  return new Set(rows.flatMap((row) => all(row.split("|")[1] ?? "", `\`(${NAME})\``)));
}

/** The variables that a text takes from outside: of the shell, of programs, of what builds and runs the image. */
function shell(): string[] {
  const files = within(["scripts"], /\.sh$/).map((path) => withoutComments(read(path)));
  const assigned = new Set(
    files.flatMap((text) => [
      ...all(text, `(?:^|[\\s;(])(${NAME})\\+?=`),
      ...all(text, `\\b(?:read|mapfile|printf -v|for)\\b[^\\n;]*?\\b(${NAME})\\b`),
    ]),
  );
  return files.flatMap((text) => {
    const withDefault = all(text, `\\$\\{(${NAME})(?::?[-=?+])`);
    const plain = all(text, `\\$\\{?(${NAME})\\b`).filter((name) => !assigned.has(name));
    return [...withDefault.filter((name) => !isInner(name, text)), ...plain];
  });
}

/** Set in this file before it is asked for, so that nothing comes from outside. */
function isInner(name: string, text: string): boolean {
  const asked = text.search(new RegExp(`\\$\\{${name}:?[-=?+]`));
  const set = text.search(new RegExp(`(?:^|[\\s;(])${name}=(?!"?\\$\\{${name}\\b)`, "m"));
  return set !== -1 && set < asked;
}

function programs(): string[] {
  const folders = ["app", "bench", "bin", "components", "e2e", "lib", "scripts"];
  const configs = ["instrumentation.ts", "next.config.ts", "playwright.config.ts"];
  const files = [...within(folders, /\.(ts|tsx|mjs)$/), ...configs];
  const sources = files.filter((path) => !/\.test\.|^lib\/server\/testing\//.test(path));
  const table = read("lib/server/env.ts").match(/z\.object\(\{([^}]*)\}/)?.[1] ?? "";
  const ports = Object.values(apps).map(({ portEnv }) => portEnv);
  const taken = sources.flatMap((path) => {
    const text = withoutComments(read(path));
    const unpacked = all(text, "\\{([^{}]*)\\}\\s*=\\s*process\\.env\\b").join(",");
    return [
      ...all(text, `(?:process\\.env|\\benv|\\bsource)(?:\\.|\\[")(${NAME})\\b(?!"?\\]?\\s*=[^=])`),
      ...all(unpacked, `(?:^|,)\\s*(${NAME})\\b`),
    ];
  });
  return [...all(table, `(${NAME}):`), ...ports, ...taken];
}

function builds(): string[] {
  const compose = ["docker-compose.yml", "docker-compose.cpu.yml"].map(read).map(withoutComments);
  return [
    ...compose.flatMap((text) => all(text, `\\$\\{(${NAME})`)),
    ...all(withoutComments(read("Dockerfile")), `^ARG (${NAME})`),
    ...all(read("supervisor/supervisord.conf"), `%\\(ENV_(${NAME})\\)s`),
  ];
}

function within(folders: string[], kind: RegExp): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => kind.test(path))
      .map((path) => join(folder, path)),
  );
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:#|\/\/|\*|\/\*).*$/gm, "");
}

function all(text: string, pattern: string): string[] {
  return [...text.matchAll(new RegExp(pattern, "gm"))].map((match) => match[1] ?? "");
}
