import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { faultCode } from "./file-faults";

const KEY_BYTES = 32;

/**
 * The key that places in logs are signed with, kept in a file, so that readers find theirs after a restart of
 * the server too. Where it cannot be kept it is a new one, and those who come back start over.
 */
export function readPositionKey(path: string): Buffer {
  try {
    const kept = readIfThere(path);
    if (kept?.length === KEY_BYTES) return kept;
    const key = randomBytes(KEY_BYTES);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, key, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return key;
  } catch (error) {
    if (faultCode(error) === null) throw error;
    return randomBytes(KEY_BYTES);
  }
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (faultCode(error) === "ENOENT") return null;
    throw error;
  }
}
