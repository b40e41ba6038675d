import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { assignmentsIn } from "./secrets-script";

/** The names under which this machine keeps its secrets: in its environment, and in secrets.env. */
export const OWN_SECRETS = [
  "JUPYTER_TOKEN",
  "CODE_SERVER_PASSWORD",
  "SUPERVISOR_ADMIN_PASSWORD",
  "HF_TOKEN",
  "COPILOT_GITHUB_TOKEN",
  "CONTROLPILOT_PASSWORD",
] as const;

const LOOK_AGAIN_MS = 1000;
const MOST_BYTES = 64 * 1024;
/** A shorter one would hide words that only look like it, and a longer one is a certificate. */
const LENGTHS = { shortest: 8, longest: 1024 };
/** Those that were replaced still stand in logs. */
const MOST_KEPT = 60;
const NAMES: ReadonlySet<string> = new Set(OWN_SECRETS);

/**
 * The secrets of this machine, as `given` and as secrets.env has them, which is read again when it has
 * changed. Quick enough to be asked for each piece of a log; a file that cannot be read adds none.
 */
export function createOwnSecrets(path: string, given: readonly string[]): () => readonly string[] {
  let values = given.filter(isLongEnough);
  let seen = "";
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - lookedAt < LOOK_AGAIN_MS) return values;
    lookedAt = performance.now();
    const found = readChanged(path, seen);
    if (!found) return values;
    seen = found.stamp;
    // The newest last, so that the oldest are the first to go.
    values = [...new Set([...values, ...found.values])].slice(-MOST_KEPT);
    return values;
  };
}

/** Null where it is as it was, or cannot be read. */
function readChanged(path: string, seen: string): { stamp: string; values: string[] } | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, "r");
    const { ino, size, mtimeMs, ctimeMs } = fstatSync(fd);
    const stamp = [ino, size, mtimeMs, ctimeMs].join();
    if (stamp === seen) return null;
    const buffer = Buffer.alloc(MOST_BYTES);
    const length = readSync(fd, buffer, 0, MOST_BYTES, 0);
    return { stamp, values: valuesIn(buffer.toString("utf8", 0, length)).filter(isLongEnough) };
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function valuesIn(script: string): string[] {
  const own = assignmentsIn(script).filter(([name]) => NAMES.has(name));
  return own.map(([, value]) => value);
}

function isLongEnough(value: string): boolean {
  return value.length >= LENGTHS.shortest && value.length <= LENGTHS.longest;
}
