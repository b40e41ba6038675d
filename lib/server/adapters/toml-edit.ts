import { isDeepStrictEqual } from "node:util";
import { parse, patch } from "@decimalturn/toml-patch";
import { parseToml, pickTable, refuseToml, type Table } from "./toml-file";

/** Gives one key of a table, which may be the document itself, a value; undefined takes the key away. */
export type TomlEdit = {
  table: readonly string[];
  key: string;
  value: string | boolean | undefined;
};

/**
 * The text with these values, everything else as a person wrote it: comments, order, unknown keys.
 * `path` is only named in errors.
 */
export function editToml(text: string, edits: readonly TomlEdit[], path: string): string {
  return edits.reduce((edited, edit) => applyEdit(edited, edit, path), text);
}

function applyEdit(text: string, edit: TomlEdit, path: string): string {
  const present = parseToml(text, path);
  const wanted = withValue(present, edit, path);
  if (isDeepStrictEqual(present, wanted)) return text;
  const ways = [
    () => insertLine(text, edit),
    () => appendTable(text, edit),
    () => patch(text, wanted),
  ];
  for (const way of ways) {
    const edited = tryTo(way);
    const isRight = () =>
      isDeepStrictEqual(
        tryTo(() => parse(edited ?? "")),
        wanted,
      );
    if (edited !== null && isRight()) return edited;
  }
  const name = [...edit.table, edit.key].join(".");
  throw refuseToml(path, `there is no way to write "${name}" into it`);
}

function withValue(document: Table, { table, key, value }: TomlEdit, path: string): Table {
  const [first, ...rest] = table;
  if (first === undefined) return copyTable(document, key, value);
  const child = pickTable(document, first, path);
  return copyTable(document, first, withValue(child, { table: rest, key, value }, path));
}

/** Without a prototype, as the parser's own tables are, so that any name is a name. */
function copyTable(table: Table, key: string, value: unknown): Table {
  const copy: Table = Object.assign(Object.create(null), table);
  if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

/** Right below the last key of its table: `patch` would put it below the comment of the next one. */
function insertLine(text: string, edit: TomlEdit): string | null {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const at = findPlace(lines, edit.table);
  if (at === null || edit.value === undefined) return null;
  const eol = eolOf(text);
  const before = lines.slice(0, at).join("");
  const after = lines.slice(at).join("");
  const joint = before === "" || before.endsWith("\n") ? "" : eol;
  const gap = /^\s*[[#]/.test(after) && edit.table.length === 0 ? eol : "";
  return `${before}${joint}${sayKey(edit.key)} = ${JSON.stringify(edit.value)}${eol}${gap}${after}`;
}

/** The number of lines before a new key of this table; null where the table has no header of its own. */
function findPlace(lines: string[], table: readonly string[]): number | null {
  const isTop = table.length === 0;
  const header = isTop ? -1 : lines.findIndex((line) => isDeepStrictEqual(readHeader(line), table));
  if (header === -1 && !isTop) return null;
  const next = lines.findIndex((line, index) => index > header && /^\s*\[/.test(line));
  const own = lines.slice(header + 1, next === -1 ? lines.length : next);
  const last = own.findLastIndex((line) => /^\s*[^\s#]/.test(line));
  if (last !== -1 || !isTop) return header + 1 + last + 1;
  // Nothing but comments: what stands apart at the top is about the file, the rest about the table.
  return own.findIndex((line) => line.trim() === "") + 1;
}

/** ["services", "comfy"] for `[services.comfy]  # mine`. */
function readHeader(line: string): string[] | null {
  if (!/^\s*\[/.test(line)) return null;
  const names: string[] = [];
  let table: unknown = tryTo(() => parse(line));
  while (typeof table === "object" && table !== null && !Array.isArray(table)) {
    const [name] = Object.keys(table);
    if (name === undefined) return names;
    names.push(name);
    table = (table as Table)[name];
  }
  return null;
}

/** How a person would add it: `patch` would put an inline table in front of the others. */
function appendTable(text: string, { table, key, value }: TomlEdit): string | null {
  if (table.length === 0 || value === undefined) return null;
  const eol = eolOf(text);
  const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
  const header = `[${table.map(sayKey).join(".")}]`;
  return `${text}${gap}${header}${eol}${sayKey(key)} = ${JSON.stringify(value)}${eol}`;
}

function sayKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
}

function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function tryTo<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
