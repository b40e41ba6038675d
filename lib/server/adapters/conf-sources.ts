import { isAbsolute } from "node:path";
import { createExpansions, expand } from "./conf-expand";
import { loadConf } from "./conf-files";
import { globPaths } from "./conf-glob";
import type { ProgramSection } from "./conf-programs";

/** The config and the files that it includes; the first alone where it cannot be parsed. */
export function listConfFiles(path: string, env: NodeJS.Dict<string> = process.env): string[] {
  const { patterns } = loadConf(path, createExpansions(env));
  return [...new Set([path, ...patterns.flatMap(globPaths)])];
}

/** Where the config puts a program's logs, as far as it can be told without supervisord. */
export function logPathsOf(
  name: string,
  { options }: Pick<ProgramSection, "options">,
  env: NodeJS.Dict<string> = process.env,
): { out: string | null; err: string | null } {
  const names = { program_name: name, group_name: name, process_num: "0" };
  const expansions = { ...createExpansions(env), ...names };
  function pathIn(option: string | undefined): string | null {
    try {
      const path = expand(option ?? "", expansions).trim();
      return isAbsolute(path) ? path : null;
    } catch {
      // It takes a variable that only supervisord's own environment has.
      return null;
    }
  }
  return { out: pathIn(options.stdout_logfile), err: pathIn(options.stderr_logfile) };
}
