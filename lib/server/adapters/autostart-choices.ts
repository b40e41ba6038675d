import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { parse, patch } from "@decimalturn/toml-patch";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";
import { editTextFile } from "./text-file";

type Table = Record<string, unknown>;
type Choice = { name: string; enabled: boolean };

export type AutostartChoices = ReturnType<typeof createAutostartChoices>;

/**
 * The choices that outlive the machine, `[services.<name>] autostart = true|false`, in a file that
 * people edit too. A file that cannot be understood is a `conflict` that names the place.
 */
export function createAutostartChoices(path: string) {
  return {
    /** Empty where there is no file yet. */
    async read(): Promise<Map<string, boolean>> {
      const services = pickTable(parseToml(await readText(path), path), "services", path);
      const choices = new Map<string, boolean>();
      for (const name of Object.keys(services)) {
        const choice = pickTable(services, name, path).autostart ?? null;
        if (typeof choice === "boolean") choices.set(name, choice);
        else if (choice !== null) throw refuse(path, `autostart of "${name}" is not true or false`);
      }
      return choices;
    },

    /** Keeps comments, order and unknown keys; makes the file where there is none. */
    set: (name: string, enabled: boolean): Promise<void> =>
      editTextFile(path, (text) => writeChoice(text, { name, enabled }, path), { create: true }),
  };
}

function writeChoice(text: string, choice: Choice, path: string): string {
  const present = parseToml(text, path);
  const wanted = withChoice(present, choice, path);
  if (isDeepStrictEqual(present, wanted)) return text;
  const ways = [() => appendTable(text, choice), () => patch(text, wanted)];
  for (const way of ways) {
    const edited = tryTo(way);
    if (
      edited !== null &&
      isDeepStrictEqual(
        tryTo(() => parse(edited)),
        wanted,
      )
    )
      return edited;
  }
  throw refuse(path, `there is no way to write the autostart of "${choice.name}" into it`);
}

function withChoice(document: Table, { name, enabled }: Choice, path: string): Table {
  const services = pickTable(document, "services", path);
  const service = copyTable(pickTable(services, name, path), "autostart", enabled);
  return copyTable(document, "services", copyTable(services, name, service));
}

/** Without a prototype, as the parser's own tables are, so that any name is a name. */
function copyTable(table: Table, key: string, value: unknown): Table {
  const copy: Table = Object.assign(Object.create(null), table);
  copy[key] = value;
  return copy;
}

/** How a person would add it: `patch` would put an inline table in front of the others. */
function appendTable(text: string, { name, enabled }: Choice): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const key = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
  return `${text}${gap}[services.${key}]${eol}autostart = ${enabled}${eol}`;
}

function tryTo<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

function pickTable(table: Table, key: string, path: string): Table {
  const value = Object.hasOwn(table, key) ? table[key] : Object.create(null);
  const isTable = typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
  if (isTable) return value as Table;
  throw refuse(path, `"${key}" is not a table`);
}

function parseToml(text: string, path: string): Table {
  try {
    return parse(text) as Table;
  } catch (error) {
    const { line, column, message } = error as Error & { line?: number; column?: number };
    const place = line === undefined ? "" : `line ${line}, column ${(column ?? 0) + 1}: `;
    throw refuse(path, `${place}${message.split("\n").at(-1)}`);
  }
}

function refuse(path: string, reason: string): AppError {
  const wayOut = "Correct it by hand; until then it stays as it is.";
  return new AppError("conflict", `${path} cannot be used: ${reason}. ${wayOut}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = faultCode(error);
    if (code === "ENOENT") return "";
    throw code === null ? error : new AppError("conflict", sayFault(code, path));
  }
}
