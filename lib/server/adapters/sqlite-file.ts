import { constants } from "node:fs";
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AppError } from "../errors";
import { redact } from "../redact";
import { explainResult, type Runner } from "./command";
import { explainFault, faultCode, sayFault } from "./file-faults";
import { exists } from "./file-presence";
import { syncFolder } from "./folder-sync";
import { COPY_DATABASE, READ_SCHEMA_VERSION } from "./sqlite-scripts";

/** A database of some gigabytes on a slow disk is copied in this time, without a word. */
const TIMEOUT_MS = 20 * 60_000;
/** Where SQLite keeps what is not yet in the file, or must be taken back. */
const COMPANIONS = ["-wal", "-journal"];
/** Owners and modes that cannot be given. */
const FORBIDDEN = new Set(["EPERM", "EACCES", "ENOSYS", "ENOTSUP", "EINVAL"]);

/** A consistent copy of a database that may be in use; one that is there already is replaced in one step. */
export async function copyDatabase(
  run: Runner,
  python: string,
  from: string,
  to: string,
): Promise<void> {
  await ask(run, python, [COPY_DATABASE, from, to], `${from} cannot be copied`);
  await syncFolder(dirname(to));
}

/** Null for a file that is no database, or one without numbered migrations. */
export async function schemaVersion(
  run: Runner,
  python: string,
  file: string,
): Promise<number | null> {
  const question = [READ_SCHEMA_VERSION, file];
  const version: unknown = JSON.parse(
    await ask(run, python, question, `The schema of ${file} cannot be read`),
  );
  return typeof version === "number" ? version : null;
}

/** Does without the environment's packages, which may be half installed at that time. */
async function ask(
  run: Runner,
  python: string,
  [script = "", ...args]: readonly string[],
  failure: string,
): Promise<string> {
  const limits = { timeoutMs: TIMEOUT_MS, silenceMs: TIMEOUT_MS };
  const result = await run(python, ["-I", "-S", "-c", script, ...args], { quiet: true, ...limits });
  if (result.ok) return result.stdout;
  const said = /^error: (.*)$/m.exec(result.stderr)?.[1];
  const why = said ? `${said}.` : explainResult({ ...result, command: "python" });
  throw new AppError("conflict", `${failure}: ${redact(why)}`);
}

/**
 * Puts the copy in the place of a database that nobody uses. What was there stays beside it under
 * the given name, or that name with a number. Can be repeated after a kill at any point.
 */
export async function restoreDatabase(
  copy: string,
  file: string,
  keepReplacedAs: string,
): Promise<void> {
  const place = await followLink(file);
  const draft = `${place}.tmp`;
  const kept = await nameForReplaced(place, join(dirname(place), basename(keepReplacedAs)));
  try {
    await makeDraft(copy, draft, (await exists(place)) ? place : kept);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw explainFault(error, place);
  }
  try {
    await replace(place, draft, kept);
  } catch (cause) {
    const code = faultCode(cause);
    if (code === null) throw cause;
    const message = `${sayFault(code, place)} The database as it was is ${copy}.`;
    throw new AppError("conflict", message, { cause });
  }
}

async function makeDraft(copy: string, draft: string, like: string): Promise<void> {
  await mkdir(dirname(draft), { recursive: true });
  await rm(draft, { force: true });
  await copyFile(copy, draft, constants.COPYFILE_FICLONE);
  if (await exists(like)) await copyModeAndOwner(like, draft);
  const handle = await open(draft, "r");
  await handle.sync().finally(() => handle.close());
}

/** As far as the file system lets us: on a network's or a user's disk often nobody may. */
async function copyModeAndOwner(like: string, draft: string): Promise<void> {
  const [wanted, own] = await Promise.all([stat(like), stat(draft)]);
  if (wanted.mode !== own.mode) await chmod(draft, wanted.mode).catch(passIfForbidden);
  if (wanted.uid === own.uid && wanted.gid === own.gid) return;
  await chown(draft, wanted.uid, wanted.gid).catch(passIfForbidden);
}

function passIfForbidden(error: unknown): void {
  if (!FORBIDDEN.has(faultCode(error) ?? "")) throw error;
}

/** The file goes first: once it is away, neither an update nor SQLite takes what is left for a database. */
async function replace(place: string, draft: string, kept: string): Promise<void> {
  await renameIfThere(place, kept);
  for (const suffix of COMPANIONS) await renameIfThere(place + suffix, kept + suffix);
  await rm(`${place}-shm`, { force: true });
  await rename(draft, place);
  await syncFolder(dirname(place));
}

/** A free name; where a kill left no database in its place, the name that it went to. */
async function nameForReplaced(place: string, wanted: string): Promise<string> {
  const names = [wanted];
  for (let name = wanted; await exists(name); names.push(name)) {
    name = `${wanted}-${names.length + 1}`;
  }
  const isAway = names.length > 1 && !(await exists(place));
  return names.at(isAway ? -2 : -1) ?? wanted;
}

async function renameIfThere(from: string, to: string): Promise<void> {
  if (await exists(from)) await rename(from, to);
}

/** Where the file is, or would be if it were there. */
async function followLink(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const link = await readlink(file).catch(() => null);
    return link === null ? file : resolve(dirname(file), link);
  }
}
