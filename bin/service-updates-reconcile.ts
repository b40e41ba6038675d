import { resolve } from "node:path";
import { readEnv, type Settings } from "@/lib/server/env";
import { AppError } from "@/lib/server/errors";
import { createBootUpdates } from "@/lib/server/programs/boot-updates";
import { isProgram, print, readOptions, type Say } from "@/lib/server/programs/command-line";
import { createReconcile } from "@/lib/server/reconcile";

const USAGE = `service-updates-reconcile [--config FILE] [--rollback-log FILE] [--dry-run]
Brings the services to what service-updates.toml asks for, beside a supervisord that runs.
Ends with 0 when all is as asked for, 1 when something failed, 2 when it could not begin.`;
const OPTIONS = {
  config: { type: "string" },
  "rollback-log": { type: "string" },
  "dry-run": { type: "boolean", default: false },
} as const;
const DEADLINES = { serviceMs: 15 * 60_000, wholeMs: 30 * 60_000 };
/** Whoever has started us is looked for this often. */
const PARENT_EVERY_MS = 1000;

/** Answers the exit code. */
export async function main(
  args: readonly string[] = process.argv.slice(2),
  source: NodeJS.ProcessEnv = process.env,
  say: Say = print,
): Promise<0 | 1 | 2> {
  const options = readOptions(args, { usage: USAGE, options: OPTIONS }, say);
  if (typeof options === "number") return options;
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

if (isProgram("service-updates-reconcile")) {
  process.exitCode = await main().catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    print(`Updates: ${error.message}`);
    return 2;
  });
  // A question to a source that never answers must not hold the boot.
  process.exit();
}
