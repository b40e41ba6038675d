import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { AppError } from "../errors";
import { writeBoolean } from "./conf-boolean";
import { createExpansions, type Expansions, expand } from "./conf-expand";
import { type LoadedConf, loadConf, type MergedSections, signConf } from "./conf-files";
import { type ProgramSection, readPrograms } from "./conf-programs";
import { ConfSyntaxError, parseConf, setOption } from "./conf-text";
import { editTextFile } from "./text-file";

export type ConfState = {
  /** Another string whenever one of the files, or the set of them, has changed. */
  signature: string;
  /** A sentence about what supervisord would refuse; `programs` are then the last good ones. */
  error: string | null;
  programs: Map<string, ProgramSection>;
  supervisord: { logfile: string | null };
};

export type SupervisorConf = ReturnType<typeof createSupervisorConf>;

/** What supervisord's config files say. `env` stands for the environment that supervisord runs in. */
export function createSupervisorConf(path: string, env: NodeJS.Dict<string> = process.env) {
  const expansions = createExpansions(env);
  let patterns: string[] = [];
  let state: ConfState | null = null;

  function readNow(): ConfState {
    if (state?.signature === signConf(path, patterns)) return state;
    const conf = loadConf(path, expansions);
    patterns = conf.patterns;
    state = toState(conf, expansions, state?.programs ?? new Map());
    return state;
  }

  return {
    /** Parses the files again only when one of them has changed; never throws for what they hold. */
    read: async (): Promise<ConfState> => readNow(),

    /** Changes the one value in the file it comes from. Throws `not_found` or `conflict`. */
    async setAutostart(program: string, enabled: boolean) {
      const { error, programs } = readNow();
      if (error) throw new AppError("conflict", `${error} Autostart stays as it was.`);
      const found = programs.get(program);
      if (!found) throw new AppError("not_found", `There is no [program:${program}] in ${path}.`);
      const unchanged = { file: found.file, undo: async () => {} };
      return found.autostart === enabled ? unchanged : await switchAutostart(found);
    },
  };
}

/** The socket that supervisord listens on, absolute; null where the config does not tell. */
export function readSocketPath(
  configPath: string,
  env: NodeJS.Dict<string> = process.env,
): string | null {
  const expansions = createExpansions(env);
  const { sections } = loadConf(configPath, expansions);
  const path = readPath(sections, "unix_http_server", "file", expansions);
  return path && resolve(/*turbopackIgnore: true*/ path);
}

function toState(
  { signature, error, sections }: LoadedConf,
  expansions: Expansions,
  lastPrograms: Map<string, ProgramSection>,
): ConfState {
  const logfile = readPath(sections, "supervisord", "logfile", expansions);
  const isFile = logfile !== null && isAbsolute(logfile);
  const rest = { signature, supervisord: { logfile: isFile ? logfile : null } };
  if (error) return { ...rest, error, programs: lastPrograms };
  try {
    return { ...rest, error: null, programs: readPrograms(sections, expansions) };
  } catch (reason) {
    if (!(reason instanceof AppError)) throw reason;
    return { ...rest, error: reason.message, programs: lastPrograms };
  }
}

function readPath(
  sections: MergedSections,
  section: string,
  key: string,
  expansions: Expansions,
): string | null {
  const value = sections.get(section)?.options.get(key)?.value;
  try {
    return value
      ? expand(value, expansions)
          .trim()
          .replace(/^~(?=\/)/, homedir)
      : null;
  } catch {
    return null;
  }
}

async function switchAutostart({ file, section, autostart }: ProgramSection) {
  let before = "";
  let after = "";
  await editTextFile(file, (text) => {
    before = text;
    after = writeAutostart(text, { file, section, enabled: !autostart });
    return after;
  });
  const undo = () =>
    editTextFile(file, (text) =>
      text === after ? before : writeAutostart(text, { file, section, enabled: autostart }),
    );
  return { file, undo };
}

type Wanted = { file: string; section: string; enabled: boolean };

function writeAutostart(text: string, { file, section, enabled }: Wanted): string {
  try {
    const found = parseConf(text).get(section);
    if (!found) throw new AppError("not_found", `There is no [${section}] in ${file} any more.`);
    const inPlace = found.options.get("autostart")?.value ?? "";
    return setOption(text, section, "autostart", writeBoolean(enabled, inPlace));
  } catch (error) {
    if (!(error instanceof ConfSyntaxError)) throw error;
    throw new AppError("conflict", `${file}: ${error.message}. The file is as it was.`);
  }
}
