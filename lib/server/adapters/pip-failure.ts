import { AppError } from "../errors";
import { type CommandResult, explainResult } from "./command";
import { isTorchFamily } from "./package-set";

export type FailureContext = {
  /** Constraint lines that keep the installed torch build. */
  pins?: readonly string[];
};

type Context = FailureContext & {
  redact: (text: string) => string;
  findIndex: () => Promise<string>;
};

/** An index that breaks off in the middle of a wheel leaves half of it, which pip finds to be none. */
const NO_NETWORK =
  /after connection broken by|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProtocolError|IncompleteRead|NameResolutionError|Connection(?:Reset|Refused)?Error|Read timed out|located at .* is invalid|50[234] Server Error/;

/** Why pip did not do it, in words: what could not be reached, what wants what, what could not be built. */
export async function pipFailure(result: CommandResult, context: Context): Promise<AppError> {
  const { redact } = context;
  if (result.cancelled || result.timedOut)
    return new AppError("conflict", redact(explainPip(result)));
  // The end of what pip wrote says most; a build's own words stand on standard output.
  const words = `${result.stderr}\n${result.stdout.slice(-16_384)}`;
  if (/no such option: --(dry-run|report)/.test(words)) return tooOld(result);
  if (/No module named pip\b/.test(words)) return withoutPip(result);
  if (/Errno 28|No space left/.test(words))
    return new AppError("conflict", "The disk is full: free some space and try again.");
  if (NO_NETWORK.test(words)) {
    const index = redact(await context.findIndex());
    return new AppError("unavailable", `The package index at ${index} could not be reached.`);
  }
  const reason = conflict(words, context) ?? missing(words) ?? build(words);
  return new AppError("conflict", redact(reason ?? explainPip(result)));
}

function explainPip(result: CommandResult): string {
  return explainResult({ ...result, command: result.command.replace(/^\S+ -m /, "") });
}

function tooOld({ command }: CommandResult): AppError {
  const python = command.split(" ")[0];
  return new AppError(
    "conflict",
    `The environment's pip is too old to say what it would change (22.2 is needed): run its ${python} -m pip install --upgrade pip.`,
  );
}

function withoutPip({ command }: CommandResult): AppError {
  const python = command.split(" ")[0];
  const sentence = `The environment has no pip: run its ${python} -m ensurepip.`;
  return new AppError("conflict", sentence);
}

function conflict(words: string, { pins = [] }: FailureContext): string | null {
  const list = /The conflict is caused by:\n((?:[ \t]+.*\n)+)/.exec(words)?.[1];
  const wants = list
    ?.split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const missed = /requirement ((\S+?)[=<>!~][^(\n]*)\(from/.exec(words);
  const isPinned =
    wants?.some((want) => pins.some((pin) => want.includes(pin))) ??
    (missed?.[2] !== undefined && pins.length > 0 && isTorchFamily(missed[2]));
  if (!wants && !isPinned) return null;
  const said = wants?.join("; ") ?? `${missed?.[1]?.trim()} is wanted`;
  if (!isPinned) return `Packages want what does not go together: ${said}.`;
  return `${said}. The installed build (${pins.find((pin) => pin.startsWith("torch=="))}) is never replaced.`;
}

function missing(words: string): string | null {
  const wanted = /No matching distribution found for ([^\n]+)/.exec(words)?.[1];
  return wanted ? `The package index has no ${wanted.trim()} for this Python.` : null;
}

function build(words: string): string | null {
  if (!/subprocess-exited-with-error|metadata-generation-failed|Failed to build/.test(words))
    return null;
  const name = /Failed (?:building wheel for|to build) (\S+)/.exec(words)?.[1] ?? "A package";
  const why = /^\s*((?:\w+\.)*\w*(?:Error|Exception): .*)$/m.exec(words)?.[1];
  return `${name} could not be built${why ? `: ${why}` : ""}.`;
}
