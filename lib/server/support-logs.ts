import { readdir } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { logPathsOf } from "./adapters/conf-sources";
import { readBytes } from "./adapters/log-bytes";
import { openLog, tailLog } from "./adapters/log-file";
import type { ConfState } from "./adapters/supervisor-conf";
import { type Snapshot, serviceNameOf } from "./snapshot";

/** As they are: whoever reads them hides all secrets, also those that are longer than they look. */
const LAST_LINES = { lines: 500, maxBytes: 256 * 1024, reveal: true };
const MOST_BYTES = 512 * 1024;

type FoundLog = { name: string; path: string };

/**
 * Every log of this machine, each once: those that supervisord knows, else those of its config; its
 * own; and what else lies in the workspace's folder of logs.
 */
export async function findLogs(deps: {
  snapshot: () => Promise<Snapshot>;
  conf: () => Promise<ConfState>;
  logsDir: string;
}): Promise<FoundLog[]> {
  const conf = await deps.conf();
  const known = await deps.snapshot().then(logsOf, () => logsInConf(conf));
  const { logfile } = conf.supervisord;
  const main = logfile === null ? [] : [{ name: "supervisord", path: logfile }];
  const files = await readdir(deps.logsDir).catch(() => []);
  const others = files
    .filter((file) => file.endsWith(".log"))
    .map((file) => ({ name: `other/${basename(file, ".log")}`, path: join(deps.logsDir, file) }));
  return [...new Map([...others, ...known, ...main].map((log) => [log.path, log])).values()];
}

function logsOf({ processes }: Snapshot): FoundLog[] {
  return processes.flatMap((process) =>
    named(serviceNameOf(process), { out: process.stdout_logfile, err: process.stderr_logfile }),
  );
}

function logsInConf({ programs }: ConfState): FoundLog[] {
  return [...programs].flatMap(([name, program]) => named(name, logPathsOf(name, program)));
}

function named(name: string, paths: { out: string | null; err: string | null }): FoundLog[] {
  return Object.entries(paths).flatMap(([stream, path]) =>
    path !== null && isAbsolute(path) ? [{ name: `${name}.${stream}`, path }] : [],
  );
}

/** The last 500 lines, whole ones: nobody sees of half a token that it is one. Secrets stand in them. */
export async function readEnd(path: string): Promise<string> {
  const tail = await tailLog(path, LAST_LINES);
  if (!tail) return absent(path);
  if (!tail.truncated) return tail.text;
  const end = tail.text.indexOf("\n");
  return end === -1 ? tooLong(path) : tail.text.slice(end + 1);
}

/** The whole file, or its first lines where it is large. Secrets stand in them. */
export async function readStart(path: string): Promise<string> {
  const log = await openLog(path);
  if (!log) return absent(path);
  try {
    const text = (await readBytes(log.file, 0, MOST_BYTES)).toString("utf8");
    if (log.info.size <= MOST_BYTES) return text;
    return text.includes("\n") ? text.slice(0, text.lastIndexOf("\n") + 1) : tooLong(path);
  } finally {
    await log.file.close();
  }
}

function absent(path: string): string {
  return `There is no ${path}.\n`;
}

function tooLong(path: string): string {
  return `A line of ${path} is too long to be shown.\n`;
}
