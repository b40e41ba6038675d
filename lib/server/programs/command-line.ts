import { basename } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

export type Say = (line: string) => void;

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options that a person gave, or the exit code where there is nothing to do: help was asked for, or
 * they are none of the program's. Either is said.
 */
export function readOptions<const Known extends Options>(
  args: readonly string[],
  { usage, options }: { usage: string; options: Known },
  say: Say,
) {
  if (args.includes("--help")) {
    say(usage);
    return 0;
  }
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say(usage);
    return 2;
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Whether the process is the program of this name, and not a test of it. */
export function isProgram(name: string): boolean {
  return basename(process.argv[1] ?? "").startsWith(`${name}.`);
}
