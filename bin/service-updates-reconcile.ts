import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readEnv, type Settings } from "@/lib/server/env";
import { AppError } from "@/lib/server/errors";
import { createBootUpdates } from "@/lib/server/programs/boot-updates";
import { createReconcile } from "@/lib/server/reconcile";

const USAGE = `service-updates-reconcile [--config FILE] [--rollback-log FILE] [--dry-run]
Brings the services to what service-updates.toml asks for, beside a supervisord that runs.
Ends with 0 when all is as asked for, 1 when something failed, 2 when it could not begin.`;
const OPTIONS = {
  config: { type: "string" },
  "rollback-log": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;
const DEADLINES = { serviceMs: 15 * 60_000, wholeMs: 30 * 60_000 };
/** Whoever has started us is looked for this often. */
const PARENT_EVERY_MS = 1000;

type Say = (line: string) => void;

/** Answers the exit code. */
export async function main(
  args: readonly string[] = process.argv.slice(2),
  source: NodeJS.ProcessEnv = process.env,
  say: Say = print,
): Promise<0 | 1 | 2> {
  const options = readArgs(args, say);
  if (options === null) return 2;
  if (options.help) {
    say(USAGE);
    return 0;
  }
  const settings = withPaths(readEnv(source), options.config, options["rollback-log"]);
  if (!settings.updates.bootReconcile) {
    say("Updates: switched off by SERVICE_UPDATES_BOOT_RECONCILE, nothing is re-applied");
    return 0;
  }
  const dryRun = options["dry-run"];
  const boot = createBootUpdates(settings);
  const reconcile = createReconcile({
    ...boot,
    say,
    deadlines: { ...DEADLINES, sourceMs: settings.updates.bootSilenceMs },
    dryRun,
  });
  if (dryRun) return reconcile.run();
  endWhenAsked(boot.killPrograms);
  try {
    return await reconcile.run();
  } finally {
    await boot.releaseAll();
  }
}

/**
 * At once, and with nothing put back: the next process brings what is cut off to its end from what is
 * on disk. With us goes what holds the services. The same where whoever started us is gone.
 */
function endWhenAsked(killPrograms: () => void): void {
  function end(code: number): never {
    killPrograms();
    process.exit(code);
  }
  process.once("SIGTERM", () => end(143));
  process.once("SIGINT", () => end(130));
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || end(1), PARENT_EVERY_MS).unref();
}

function readArgs(args: readonly string[], say: Say) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say(USAGE);
    return null;
  }
}

function withPaths(
  settings: Settings,
  configPath: string | undefined,
  auditPath: string | undefined,
): Settings {
  const updates = {
    ...settings.updates,
    ...(configPath && { configPath: resolve(configPath) }),
    ...(auditPath && { auditPath: resolve(auditPath) }),
  };
  return { ...settings, updates };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (basename(process.argv[1] ?? "").startsWith("service-updates-reconcile.")) {
  process.exitCode = await main().catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    print(`Updates: ${error.message}`);
    return 2;
  });
  // A question to a source that never answers must not hold the boot.
  process.exit();
}
