import { type ChildProcess, spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { AppError } from "../errors";
import { faultCode } from "./file-faults";

/** A program asked to end gets this long before it is killed. */
const GRACE_MS = 3000;
const LINGER_MS = 2000;
const MAX_STDOUT = 64 * 1024 * 1024;
const MAX_STDERR = 64 * 1024;

export type CommandOptions = {
  cwd?: string;
  /** Added to the environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** Given to the program as its standard input, which is empty otherwise. */
  input?: string;
  /** For the whole, in milliseconds. */
  timeoutMs?: number;
  /** For the time without any output, in milliseconds. */
  silenceMs?: number;
  /** Its command line and its output are not shown to anybody. */
  quiet?: boolean;
};

/** How a program ended. Not zero is an answer, not an error. */
export type CommandResult = {
  ok: boolean;
  /** "git fetch origin", for sentences. */
  command: string;
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
  cancelled: boolean;
  stdout: string;
  /** The end of it, at most 64 KB. */
  stderr: string;
  durationMs: number;
};

export type Runner = (
  program: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

export type RunnerDefaults = {
  env?: Record<string, string | undefined>;
  timeoutMs: number;
  silenceMs?: number;
  /** Ends the program and everything it started. */
  signal?: AbortSignal;
  /** What a person sees: "$ git fetch origin", then both outputs as they come. */
  onOutput?: (text: string) => void;
  /** Open files that every program and what it leaves behind keeps open: locks, for example. */
  inherit?: () => readonly number[];
};

/**
 * A way to run programs, each in a process group of its own and never through a shell. Throws
 * `unavailable` only where the program cannot be started at all.
 */
export function createRunner(defaults: RunnerDefaults): Runner {
  return (program, args, options = {}) => {
    const env = { ...defaults.env, ...options.env };
    return runOnce(program, args, { ...defaults, ...options, env });
  };
}

type Settings = RunnerDefaults & CommandOptions;

async function runOnce(
  program: string,
  args: readonly string[],
  settings: Settings,
): Promise<CommandResult> {
  const command = [program.split("/").at(-1), ...args].join(" ");
  const show = settings.quiet ? undefined : settings.onOutput;
  const began = performance.now();
  if (settings.signal?.aborted) return notStarted(command);
  show?.(`$ ${command}\n`);
  const child = start(program, args, settings);
  const watch = limit(child, settings);
  const out = collect(MAX_STDOUT, "start");
  const err = collect(MAX_STDERR, "end");
  child.stdout?.on("data", (chunk: Buffer) => take(chunk, out));
  child.stderr?.on("data", (chunk: Buffer) => take(chunk, err));

  function take(chunk: Buffer, into: ReturnType<typeof collect>) {
    watch.heard();
    const text = into.add(chunk);
    if (text) show?.(text);
  }

  const [exitCode, signal] = await ended(child, program).finally(watch.stop);
  return {
    ok: exitCode === 0 && !watch.isCancelled() && !watch.hasTimedOut(),
    command,
    exitCode,
    signal,
    timedOut: watch.hasTimedOut(),
    cancelled: watch.isCancelled(),
    stdout: out.text(),
    stderr: err.text(),
    durationMs: performance.now() - began,
  };
}

function start(program: string, args: readonly string[], settings: Settings): ChildProcess {
  const child = spawn(program, args, {
    cwd: settings.cwd,
    env: { ...process.env, ...settings.env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe", ...(settings.inherit?.() ?? [])],
  });
  // One that does not read its input may be gone before all of it is written.
  child.stdin?.on("error", () => {});
  child.stdin?.end(settings.input ?? "");
  return child;
}

function ended(child: ChildProcess, program: string): Promise<[number | null, string | null]> {
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) => resolve([code, signal]));
    // What it left behind may hold its outputs open for ever.
    child.once("exit", () => setTimeout(closeOutputs, LINGER_MS, child).unref());
    child.once("error", (cause) => {
      const why = faultCode(cause) === "ENOENT" ? "is not on this machine" : "cannot be started";
      reject(new AppError("unavailable", `${program} ${why}.`, { cause }));
    });
  });
}

/** Ends the whole group of a program that takes too long, says nothing, or is no longer wanted. */
function limit(child: ChildProcess, { timeoutMs, silenceMs, signal }: Settings) {
  let cause: "timeout" | "cancel" | null = null;
  let killer: NodeJS.Timeout | undefined;

  function end(why: "timeout" | "cancel") {
    if (cause) return;
    cause = why;
    killGroup(child, "SIGTERM");
    killer = setTimeout(() => killGroup(child, "SIGKILL"), GRACE_MS);
  }

  const onAbort = () => end("cancel");
  signal?.addEventListener("abort", onAbort, { once: true });
  const whole = timeoutMs ? setTimeout(end, timeoutMs, "timeout") : undefined;
  const silence = silenceMs ? setTimeout(end, silenceMs, "timeout") : undefined;
  return {
    heard: () => silence?.refresh(),
    hasTimedOut: () => cause === "timeout",
    isCancelled: () => cause === "cancel",
    stop() {
      // Who does not listen to SIGTERM may outlive the program that has started it.
      if (cause) killGroup(child, "SIGKILL");
      signal?.removeEventListener("abort", onAbort);
      for (const timer of [whole, silence, killer]) clearTimeout(timer);
    },
  };
}

function closeOutputs({ stdout, stderr }: ChildProcess) {
  stdout?.destroy();
  stderr?.destroy();
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** Text of at most `limit` characters, from the start or the end of what came. */
function collect(limit: number, keep: "start" | "end") {
  const decoder = new StringDecoder("utf8");
  let held = "";
  return {
    add(chunk: Buffer): string {
      const text = decoder.write(chunk);
      if (keep === "end") held = (held + text).slice(-limit);
      else if (held.length < limit) held += text;
      return text;
    },
    text: () => held,
  };
}

function notStarted(command: string): CommandResult {
  return {
    ok: false,
    command,
    exitCode: null,
    signal: null,
    timedOut: false,
    cancelled: true,
    stdout: "",
    stderr: "",
    durationMs: 0,
  };
}

/** Why a program did not do what it was asked, in one sentence with its own last words. */
export function explainResult(result: CommandResult): string {
  const { command, timedOut, cancelled, exitCode, signal } = result;
  const name = command.split(" ").slice(0, 2).join(" ");
  if (cancelled) return `${name} was cancelled.`;
  if (timedOut) return `${name} took too long and was ended.`;
  const how = exitCode === null ? `was ended by ${signal}` : `ended with ${exitCode}`;
  const words = lastWords(result);
  return words ? `${name} ${how}: ${words}` : `${name} ${how}.`;
}

function lastWords({ stderr, stdout }: CommandResult): string {
  const lines = (stderr.trim() || stdout.slice(-4000).trim()).split(/[\r\n]+/).filter(Boolean);
  const telling = lines.findLast((line) => /^(fatal|error|ERROR)\b/.test(line.trim()));
  return (telling ?? lines.at(-1) ?? "").trim().slice(0, 300);
}
