import { redact } from "../redact";
import { type CommandResult, explainResult } from "./command";

/** What our own web server has set for itself; a build that reads it takes our config for its own. */
const OURS = /^(?:__NEXT_|NEXT_PRIVATE_|NEXT_RUNTIME$|NEXT_DEPLOYMENT_ID$|TURBOPACK$|NODE_ENV$)/;
const SETTINGS = {
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
};

/** Of what npm says about a failure, the lines that name no reason. */
const NO_REASON =
  /^(?:$|at |code |errno |syscall |path |dest |cwd |command |workspace |location |Lifecycle |A complete log )/;

/** The environment of npm and of what it starts, to add to ours. */
export function npmEnvironment(
  source: NodeJS.ProcessEnv = process.env,
): Record<string, string | undefined> {
  const ours = Object.keys(source).filter((name) => OURS.test(name));
  return { ...Object.fromEntries(ours.map((name) => [name, undefined])), ...SETTINGS };
}

/** Why npm, or the script that it ran, did not do it: in one sentence and without secrets. */
export function explainNpm(result: CommandResult): string {
  const lines = result.stderr.split(/\r?\n/);
  const reason = lines
    .map((line) => /^npm (?:error|ERR!) ?(.*)/.exec(line)?.[1]?.trim() ?? "")
    .find((line) => !NO_REASON.test(line));
  const ofScript = lines.filter((line) => !line.startsWith("npm "));
  const telling = ofScript.find((line) => /error\b.*: \S/i.test(line));
  return redact(explainResult({ ...result, stderr: reason ?? telling ?? ofScript.join("\n") }));
}
