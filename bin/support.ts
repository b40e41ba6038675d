import { existsSync } from "node:fs";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readSocketPath } from "@/lib/server/adapters/supervisor-conf";
import { createApp } from "@/lib/server/app";
import { readEnv } from "@/lib/server/env";
import { isProgram, print, readOptions, type Say } from "@/lib/server/programs/command-line";

const USAGE = `npm run support [-- --out FOLDER]
Writes an archive of versions, configs, states, history and last logs, without secrets, for an issue
report. It needs no ControlPilot that runs, and no supervisord.`;
const OPTIONS = { out: { type: "string", default: "." } } as const;
const ALL_RIGHTS = { scope: "full" } as const;

/** Answers the exit code. */
export async function main(
  args: readonly string[] = process.argv.slice(2),
  source: NodeJS.ProcessEnv = process.env,
  say: Say = print,
): Promise<0 | 1 | 2> {
  const options = readOptions(args, { usage: USAGE, options: OPTIONS }, say);
  if (typeof options === "number") return options;
  const { support, close } = createApp(readEnv({ ...source, ...placesHere(source) }), "program");
  const { body, fileName } = support.bundle(ALL_RIGHTS, new AbortController().signal);
  try {
    const path = resolve(userFolder(source), options.out, fileName);
    const bytes = await writeNew(path, body);
    say(
      `${path} (${Math.ceil(bytes / 1024)} KB). Secrets are hidden; look through it all the same.`,
    );
    return 0;
  } catch (error) {
    say(`The bundle could not be written: ${error instanceof Error ? error.message : error}`);
    say("Name another folder: npm run support -- --out FOLDER");
    return 1;
  } finally {
    close();
  }
}

/** npm runs its scripts in the project's folder, and says where the user was. */
function userFolder({ npm_lifecycle_event, INIT_CWD }: NodeJS.ProcessEnv): string {
  return (npm_lifecycle_event === "support" && INIT_CWD) || ".";
}

/** Where `npm start` keeps its workspace, if that is how this machine is run. */
function placesHere(source: NodeJS.ProcessEnv): NodeJS.Dict<string> {
  const workspace = resolve(source.WORKSPACE_ROOT || "workspace");
  const conf = join(workspace, "run", "supervisord.conf");
  if (!existsSync(conf)) return {};
  const socket = readSocketPath(conf);
  return {
    WORKSPACE_ROOT: workspace,
    SUPERVISOR_CONFIG_PATH: source.SUPERVISOR_CONFIG_PATH || conf,
    PILOT_RUN_DIR: source.PILOT_RUN_DIR || (socket === null ? undefined : dirname(socket)),
  };
}

/** Whole, or not there at all. For its owner only. */
async function writeNew(path: string, body: ReadableStream<Uint8Array>): Promise<number> {
  const unfinished = `${path}.part`;
  try {
    await writeFile(unfinished, body, { flag: "wx", mode: 0o600, flush: true });
    await rename(unfinished, path);
    return (await stat(path)).size;
  } catch (error) {
    await body.cancel().catch(() => {});
    await rm(unfinished, { force: true });
    throw error;
  }
}

if (isProgram("support")) {
  process.exitCode = await main();
  // A program that does not answer must not hold this up.
  process.exit();
}
