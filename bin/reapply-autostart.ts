import { basename } from "node:path";
import { createAutostartChoices } from "@/lib/server/adapters/autostart-choices";
import { createSupervisorConf } from "@/lib/server/adapters/supervisor-conf";
import { findProgram } from "@/lib/server/autostart";
import { readEnv } from "@/lib/server/env";
import { AppError } from "@/lib/server/errors";

/** The boot goes on without the choices rather than waiting for a disk that does not answer. */
const DEADLINE_MS = 20_000;

type Say = (line: string) => void;

/**
 * Writes the user's autostart choices into supervisord's config, before supervisord starts: the
 * config comes with the image, the choices outlive it. Answers the exit code.
 */
export async function main(
  source: NodeJS.ProcessEnv = process.env,
  say: Say = print,
): Promise<0 | 1> {
  try {
    await reapply(source, say);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    say(`Autostart: ${error.message}`);
    return 1;
  }
}

async function reapply(source: NodeJS.ProcessEnv, say: Say): Promise<void> {
  const { configPath, autostartChoicesPath } = readEnv(source);
  const conf = createSupervisorConf(configPath, source);
  const choices = await createAutostartChoices(autostartChoicesPath).read();
  const { programs, error } = await conf.read();
  if (error) throw new AppError("conflict", error);
  let changed = 0;
  let unknown = 0;
  for (const [name, enabled] of choices) {
    const program = findProgram(name, programs);
    const present = programs.get(program)?.autostart;
    if (present === enabled) continue;
    if (present === undefined) {
      unknown++;
      say(`${name}: skipped, there is no such program in ${configPath}`);
    } else {
      await conf.setAutostart(program, enabled);
      changed++;
      say(`${name}: autostart ${enabled ? "on" : "off"}`);
    }
  }
  say(`Autostart: ${choices.size} chosen, ${changed} changed, ${unknown} unknown`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function giveUp(): void {
  print(`Autostart: gave up after ${DEADLINE_MS / 1000} s`);
  process.exit(1);
}

if (basename(process.argv[1] ?? "").startsWith("reapply-autostart.")) {
  setTimeout(giveUp, DEADLINE_MS).unref();
  process.exitCode = await main();
}
