import { parse } from "@decimalturn/toml-patch";
import { AppError } from "../errors";
import { readText } from "./file-presence";

export type Table = Record<string, unknown>;

/** An empty table where there is no file. Throws `conflict` that names the place where it is no TOML. */
export async function readToml(path: string): Promise<Table> {
  return parseToml(await readText(path), path);
}

/** `path` is only named in the error. */
export function parseToml(text: string, path: string): Table {
  try {
    return parse(text) as Table;
  } catch (error) {
    const { line, column, message } = error as Error & { line?: number; column?: number };
    const place = line === undefined ? "" : `line ${line}, column ${(column ?? 0) + 1}: `;
    throw refuseToml(path, `${place}${message.split("\n").at(-1)}`);
  }
}

/** The table below `key`, empty where there is none. */
export function pickTable(table: Table, key: string, path: string): Table {
  const value = pickValue(table, key) ?? Object.create(null);
  const isTable = typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
  if (isTable) return value as Table;
  throw refuseToml(path, `"${key}" is not a table`);
}

/** Null where there is none; any name is a name, "constructor" too. */
export function pickValue(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

export function refuseToml(path: string, reason: string): AppError {
  const wayOut = "Correct it by hand; until then it stays as it is.";
  return new AppError("conflict", `${path} cannot be used: ${reason}. ${wayOut}`);
}
