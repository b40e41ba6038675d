import { type ConfLine, readLine, splitLines, strip, stripEnd } from "./conf-line";

export type ConfOption = { value: string; line: number };
export type ConfSection = { name: string; line: number; options: Map<string, ConfOption> };

/** Something that supervisor's own parser refuses, and the line (from 1) that holds it. */
export class ConfSyntaxError extends Error {
  override readonly name = "ConfSyntaxError";

  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(`line ${line} ${reason}`);
  }
}

type Entry = { key: string; line: number; from: number; values: string[]; more: number[] };
type Block = { name: string; line: number; entries: Map<string, Entry> };

/**
 * The sections and options as supervisor's parser reads them: in order of first appearance, keys
 * in lower case, of equal options the last; `[DEFAULT]` is a section of its own.
 */
export function parseConf(text: string): Map<string, ConfSection> {
  const sections = new Map<string, ConfSection>();
  for (const { name, line, entries } of scan(splitLines(text)).values()) {
    const options = new Map<string, ConfOption>();
    for (const entry of entries.values()) {
      options.set(entry.key, { value: joinValue(entry), line: entry.line });
    }
    sections.set(name, { name, line, options });
  }
  return sections;
}

/**
 * Changes one value, or adds the option right below its section's header, and touches no other
 * byte. Throws where there is no such section, or where supervisor would read another value.
 */
export function setOption(text: string, section: string, key: string, value: string): string {
  const lines = splitLines(text);
  const block = scan(lines).get(section);
  if (!block) throw new Error(`There is no [${section}].`);
  const entry = block.entries.get(key);
  if (entry && joinValue(entry) === value) return text;
  if (entry) replaceValue(lines, entry, value);
  else insertOption(lines, block.line, `${key}=${value}`);
  const edited = lines.join("");
  if (parseConf(edited).get(section)?.options.get(key)?.value === value) return edited;
  throw new Error(`${key} of [${section}] cannot hold ${JSON.stringify(value)}.`);
}

function replaceValue(lines: string[], entry: Entry, value: string): void {
  const line = lines[entry.line - 1] ?? "";
  const end = entry.from + (entry.values[0] ?? "").length;
  lines[entry.line - 1] = line.slice(0, entry.from) + value + line.slice(end);
  for (const more of entry.more) lines[more - 1] = "";
}

/** Takes the indentation of what follows: a line standing deeper would continue the new option. */
function insertOption(lines: string[], headerLine: number, option: string): void {
  const header = lines[headerLine - 1] ?? "";
  const next = lines.slice(headerLine).find((line) => readLine(line).content !== "") ?? header;
  const added = next.slice(0, readLine(next).indent) + option;
  const eol = /[\r\n]+$/.exec(header)?.[0];
  if (eol) lines.splice(headerLine, 0, added + eol);
  else lines.push((/[\r\n]+$/.exec(lines[0] ?? "")?.[0] ?? "\n") + added);
}

function scan(lines: string[]): Map<string, Block> {
  const blocks = new Map<string, Block>();
  let block: Block | undefined;
  let entry: Entry | undefined;
  let indent = 0;
  for (const [index, text] of lines.entries()) {
    const line = readLine(text);
    if (line.content === "") {
      if (!line.commented) entry?.values.push("");
    } else if (entry && line.indent > indent) {
      entry.values.push(line.content);
      entry.more.push(index + 1);
    } else {
      indent = line.indent;
      const header = /^\[(.+)\]/s.exec(line.content)?.[1];
      if (header !== undefined) block = openBlock(blocks, header, index + 1);
      entry = header === undefined ? readEntry(block, line, index + 1) : undefined;
    }
  }
  return blocks;
}

function openBlock(blocks: Map<string, Block>, name: string, line: number): Block {
  const block = { name, line, entries: blocks.get(name)?.entries ?? new Map() };
  blocks.set(name, block);
  return block;
}

function readEntry(block: Block | undefined, { content, indent }: ConfLine, line: number): Entry {
  if (!block) {
    const marked = content.startsWith("\ufeff");
    throw new ConfSyntaxError(
      line,
      marked ? "starts with a byte order mark" : "stands before the first [section]",
    );
  }
  const delimiter = content.search(/[=:]/);
  if (delimiter < 1) {
    throw new ConfSyntaxError(line, `is not an option: "${content.slice(0, 60)}"`);
  }
  const key = strip(content.slice(0, delimiter)).toLowerCase();
  const value = strip(content.slice(delimiter + 1));
  const from = indent + content.length - value.length;
  const entry: Entry = { key, line, from, values: [value], more: [] };
  block.entries.set(key, entry);
  return entry;
}

function joinValue(entry: Entry): string {
  return stripEnd(entry.values.join("\n"));
}
