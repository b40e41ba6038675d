import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { AppError } from "../errors";
import { type Expansions, expand } from "./conf-expand";
import { globPaths } from "./conf-glob";
import { type ConfSection, ConfSyntaxError, parseConf } from "./conf-text";
import { faultCode, sayFault } from "./file-faults";

export type MergedOption = { value: string; file: string; line: number };
/** `file` is the last one that has the section. */
export type MergedSection = { file: string; options: Map<string, MergedOption> };
export type MergedSections = Map<string, MergedSection>;

export type LoadedConf = {
  signature: string;
  /** Where `[include]` looks for more files. */
  patterns: string[];
  sections: MergedSections;
  error: string | null;
};

/**
 * The config and the files it includes, merged as supervisord merges them, with `%(here)s` filled
 * in. Synchronous, since these few small files are read only at the start and when one has changed.
 */
export function loadConf(path: string, expansions: Expansions): LoadedConf {
  const sections: MergedSections = new Map();
  const conf: LoadedConf = { signature: stamp(path), patterns: [], sections, error: null };
  try {
    mergeFile(sections, path, readMain(path));
    conf.patterns = findPatterns(sections, path, expansions);
    const included = conf.patterns.flatMap(globPaths);
    conf.signature = [conf.signature, ...included.map(stamp)].join("\n");
    for (const file of included) mergeFile(sections, file, readIncluded(file));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    conf.error = error.message;
  }
  return conf;
}

/** Another string whenever one of the files, or the set of them, has changed. */
export function signConf(path: string, patterns: string[]): string {
  return [path, ...patterns.flatMap(globPaths)].map(stamp).join("\n");
}

function stamp(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [file, ino, size, mtimeNs, ctimeNs].join(":");
  } catch (error) {
    return `${file}:${faultCode(error)}`;
  }
}

function readMain(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new AppError("conflict", sayFault(faultCode(error) ?? String(error), path));
  }
}

/** Supervisord passes over an included file that it cannot open. */
function readIncluded(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function findPatterns(sections: MergedSections, path: string, expansions: Expansions): string[] {
  const include = sections.get("include");
  if (!include) return [];
  const files = include.options.get("files") ?? sections.get("DEFAULT")?.options.get("files");
  if (!files) throw new AppError("conflict", `${path}: [include] says no files=.`);
  const folder = dirname(resolve(path));
  const patterns = expandOption(files, "files", expansions).split(/\s+/).filter(Boolean);
  return patterns.map((pattern) => (isAbsolute(pattern) ? pattern : `${folder}/${pattern}`));
}

/** The value with all names filled in; throws `conflict` with file and line where that cannot be. */
export function expandOption(option: MergedOption, key: string, expansions: Expansions): string {
  try {
    return expand(option.value, expansions);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError(
      "conflict",
      `${option.file}: line ${option.line}: ${key}= ${error.message}.`,
    );
  }
}

function mergeFile(sections: MergedSections, file: string, bytes: Buffer): void {
  const here = dirname(resolve(file));
  for (const section of parseFile(file, bytes).values()) {
    const options = sections.get(section.name)?.options ?? new Map<string, MergedOption>();
    for (const [key, { value, line }] of section.options) {
      options.set(key, { value: value.replaceAll("%(here)s", () => here), file, line });
    }
    sections.set(section.name, { file, options });
  }
}

function parseFile(file: string, bytes: Buffer): Map<string, ConfSection> {
  const lines = bytes.toString("latin1").split("\n");
  const bad = isUtf8(bytes) ? -1 : lines.findIndex((line) => !isUtf8(Buffer.from(line, "latin1")));
  if (bad >= 0) throw new AppError("conflict", `${file}: line ${bad + 1} is not UTF-8 text.`);
  try {
    return parseConf(bytes.toString("utf8"));
  } catch (error) {
    if (!(error instanceof ConfSyntaxError)) throw error;
    throw new AppError("conflict", `${file}: ${error.message}.`);
  }
}
