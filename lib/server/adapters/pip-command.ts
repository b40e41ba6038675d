import type { CommandOptions, Runner } from "./command";
import { type FailureContext, pipFailure } from "./pip-failure";
import { readPackages, venvPython } from "./venv";

const ENVIRONMENT = {
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_NO_INPUT: "1",
  PIP_KEYRING_PROVIDER: "disabled",
  PYTHON_KEYRING_BACKEND: "keyring.backends.null.Keyring",
  PYTHONDONTWRITEBYTECODE: undefined,
  PYTHONPATH: undefined,
  PYTHONHOME: undefined,
  PYTHONUNBUFFERED: "1",
  LC_ALL: "C.UTF-8",
};

export type PipCommand = ReturnType<typeof createPipCommand>;

/** An environment's own pip as ControlPilot calls it: asks nobody, keeps to the user's configuration. */
export function createPipCommand(run: Runner, redact: (text: string) => string) {
  /** How Python ended. A moved environment's scripts do not work, so pip runs as a module; with `-I` no file of a checkout takes the place of one of Python's. */
  function python(venvDir: string, args: readonly string[], options: CommandOptions = {}) {
    const env = { ...ENVIRONMENT, ...options.env };
    return run(venvPython(venvDir), args, { ...options, env });
  }

  /** What pip wrote. Throws an AppError that says why it did not succeed. */
  async function pip(
    venvDir: string,
    args: readonly string[],
    { context = {}, ...options }: CommandOptions & { context?: FailureContext } = {},
  ): Promise<string> {
    const result = await python(venvDir, ["-I", "-m", "pip", ...args], options);
    if (!result.ok) throw await failure(venvDir, result, context);
    return result.stdout;
  }

  async function failure(
    venvDir: string,
    result: Awaited<ReturnType<Runner>>,
    context: FailureContext = {},
  ) {
    return pipFailure(result, { ...context, redact, findIndex: () => findIndex(venvDir) });
  }

  /** The index that pip's configuration names. */
  async function findIndex(venvDir: string): Promise<string> {
    const config = await python(venvDir, ["-I", "-m", "pip", "config", "list"], { quiet: true });
    const entries = [...config.stdout.matchAll(/^(\S+)\.index-url='([^'\n]*)'/gm)];
    const own = entries.find(([, scope]) => scope === ":env:") ?? entries.at(-1);
    return own?.[2] ?? "https://pypi.org/simple";
  }

  /** Machine-readable progress, where this pip has it. */
  async function progressOptions(venvDir: string): Promise<string[]> {
    const version = (await readPackages(venvDir)).get("pip")?.version ?? "0";
    const [major = 0, minor = 0] = version.split(".").map(Number);
    return major > 24 || (major === 24 && minor >= 1) ? ["--progress-bar", "raw"] : [];
  }

  return { python, pip, failure, progressOptions };
}
