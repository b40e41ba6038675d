import { statfsSync } from "node:fs";
import { AppError } from "../errors";
import { redact } from "../redact";
import { type CommandOptions, type CommandResult, explainResult, type Runner } from "./command";
import { sayFault } from "./file-faults";
import { waitForOthers } from "./git-patience";

/** A disk with less than this counts as full. */
const LITTLE_BYTES = 1024 * 1024;

/** Wins over every config file. */
const CONFIG: [string, string][] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.quotePath", "false"],
  ["core.untrackedCache", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["fetch.recurseSubmodules", "false"],
  // A killed fetch must not leave a commit without its files: a pack comes whole or not at all.
  ["fetch.unpackLimit", "1"],
  ["submodule.recurse", "false"],
  ["advice.detachedHead", "false"],
  ["safe.directory", "*"],
  ["protocol.ext.allow", "never"],
];

/** What would send git to another repository than the one it is asked about. */
const NOT_OURS = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_COMMON_DIR",
];

const ENVIRONMENT = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "/bin/true",
  SSH_ASKPASS: "/bin/true",
  GIT_PAGER: "cat",
  GIT_EDITOR: "/bin/false",
  GIT_HTTP_LOW_SPEED_LIMIT: "500",
  GIT_HTTP_LOW_SPEED_TIME: "60",
  LC_ALL: "C.UTF-8",
  GIT_AUTHOR_NAME: "ControlPilot",
  GIT_AUTHOR_EMAIL: "controlpilot@localhost",
  GIT_COMMITTER_NAME: "ControlPilot",
  GIT_COMMITTER_EMAIL: "controlpilot@localhost",
};

export type GitCommand = ReturnType<typeof createGitCommand>;

/** git as ControlPilot calls it: never asks anybody, runs no hooks, takes paths literally. */
export function createGitCommand(run: Runner, patienceMs: number) {
  /** How git ended; nobody sees its output unless `quiet` is false. */
  function ask(dir: string, args: readonly string[], options: CommandOptions = {}) {
    const env = { ...environment(), ...options.env };
    const attempt = () => run("git", ["-C", dir, ...args], { quiet: true, ...options, env });
    return waitForOthers(attempt, { dir, patienceMs });
  }

  /** What git wrote. Throws `conflict` where it did not succeed. */
  async function text(dir: string, args: readonly string[], options: CommandOptions = {}) {
    const result = await ask(dir, args, options);
    if (!result.ok) throw new AppError("conflict", explain(dir, args, result));
    return result.stdout;
  }

  /** As `text`, for what asks a remote; throws `unavailable`, because it may answer later. */
  async function network(dir: string, args: readonly string[], options: CommandOptions = {}) {
    const result = await ask(dir, args, options);
    if (!result.ok) throw new AppError("unavailable", explain(dir, args, result));
    return result.stdout;
  }

  /** Null where git has no answer. Throws `conflict` where it was ended before it had one. */
  async function find(dir: string, args: readonly string[]): Promise<string | null> {
    const result = await ask(dir, args);
    if (result.ok) return result.stdout.trimEnd();
    if (result.exitCode !== null && !result.timedOut && !result.cancelled) return null;
    throw new AppError("conflict", explain(dir, args, result));
  }

  return { ask, text, network, find };
}

/** One sentence of why git did not do it, with its last words and without secrets. */
export function explain(dir: string, args: readonly string[], result: CommandResult): string {
  if (hasFullDisk(dir, result)) return sayFault("ENOSPC", dir);
  const command = ["git", ...args].join(" ");
  return `${dir}: ${redact(explainResult({ ...result, command }))}`;
}

/** git does not always say why a file could not be written. */
function hasFullDisk(dir: string, { stderr }: CommandResult): boolean {
  if (/No space left|Out of diskspace|Disk quota/.test(stderr)) return true;
  if (!/unable to (write|create) (file|temporary file)/.test(stderr)) return false;
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize < LITTLE_BYTES;
}

export function nulSeparated(text: string): string[] {
  return text.split("\0").filter(Boolean);
}

function environment(source: NodeJS.ProcessEnv = process.env): CommandOptions["env"] {
  return {
    ...ENVIRONMENT,
    ...Object.fromEntries(NOT_OURS.map((name) => [name, undefined])),
    GIT_SSH_COMMAND: source.GIT_SSH_COMMAND ?? "ssh -o BatchMode=yes -o ConnectTimeout=20",
    ...configVariables(Number(source.GIT_CONFIG_COUNT ?? 0)),
  };
}

/** Added to those that the environment has already. */
function configVariables(offset: number): Record<string, string> {
  const variables = CONFIG.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${offset + index}`, key],
    [`GIT_CONFIG_VALUE_${offset + index}`, value],
  ]);
  return {
    GIT_CONFIG_COUNT: String(offset + CONFIG.length),
    ...Object.fromEntries(variables),
  };
}
