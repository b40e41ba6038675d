import { access, readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { faultCode } from "./file-faults";

const INDEX_OPTION =
  /^(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host|--no-index|--pre|--no-binary|--only-binary|--prefer-binary)(?:[ =]+(.*))?$/;
const INCLUDED = /^(?:-r|--requirement)[ =]*(.+)$/;
const CONSTRAINTS_INCLUDED = /^(-[cr]|--constraint|--requirement)[ =]*(.+)$/;

/** The options of requirement files, and of those they include, that say where packages are found. */
export async function readIndexOptions(cwd: string, files: readonly string[]): Promise<string[]> {
  const options = new Set<string>();
  const seen = new Set<string>();
  const waiting = files.map((file) => resolve(cwd, file));
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const line of await readLines(file)) {
      const included = INCLUDED.exec(line)?.[1];
      if (included && !included.includes("://")) waiting.push(resolve(dirname(file), included));
      const [, option, value] = INDEX_OPTION.exec(line) ?? [];
      if (option) options.add([option, await place(option, value, file)].filter(Boolean).join(" "));
    }
  }
  return [...options];
}

/** A relative folder of links lies beside the file that names it. */
async function place(option: string, value: string | undefined, file: string) {
  if (!value || !/^(-f|--find-links)$/.test(option) || isAbsolute(value)) return value;
  const path = join(dirname(file), value);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere ? pathToFileURL(path).href : value;
}

/** A constraints file's lines, with the files that it includes by their whole path. None where there is no such file. */
export async function readConstraints(path: string | null): Promise<string[]> {
  if (path === null) return [];
  return (await readLines(path)).map((line) => {
    const [, option, file] = CONSTRAINTS_INCLUDED.exec(line) ?? [];
    return option && file ? `${option} ${resolve(dirname(path), file)}` : line;
  });
}

/** Without comments and empty lines, continued ones joined; none where there is no such file. */
async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (faultCode(error) === "ENOENT") return "";
    throw error;
  });
  return text
    .replace(/\\\r?\n/g, "")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}
