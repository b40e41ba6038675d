import { randomUUID } from "node:crypto";
import { open, readFile, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { explainFault, faultCode } from "./file-faults";

type Owner = { uid: number; gid: number };

/** With these a file can still be overwritten where it lies. */
const CANNOT_REPLACE = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

/**
 * Throws what `editTextFile` with `create` would, and leaves the file and its folders as they are:
 * the new text is written beside it and goes again.
 */
export async function checkTextEdit(path: string, edit: (text: string) => string): Promise<void> {
  try {
    const text = await readText(path);
    const edited = edit(text ?? "");
    if (text === null) await tryFile(await findFolder(dirname(path)), edited);
    else await checkExisting(await realpath(path), edited);
  } catch (error) {
    throw explainFault(error, path);
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (faultCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** The nearest one that is there. */
async function findFolder(dir: string): Promise<string> {
  try {
    return await realpath(dir);
  } catch (error) {
    if (faultCode(error) !== "ENOENT") throw error;
    return findFolder(dirname(dir));
  }
}

/** Of a file that it may not write, one who may make another like it is the owner, and may replace it. */
async function checkExisting(path: string, text: string): Promise<void> {
  const isOwner = await canMakeLike(path, text);
  try {
    const file = await open(path, "r+");
    await file.close();
  } catch (error) {
    if (!isOwner || faultCode(error) !== "EACCES") throw error;
  }
}

async function canMakeLike(path: string, text: string): Promise<boolean> {
  try {
    await tryFile(dirname(path), text, await stat(path));
    return true;
  } catch (error) {
    if (CANNOT_REPLACE.has(faultCode(error) ?? "")) return false;
    throw error;
  }
}

async function tryFile(folder: string, text: string, owner?: Owner): Promise<void> {
  const path = join(folder, `.controlpilot-${randomUUID()}.tmp`);
  const file = await open(path, "wx", 0o600);
  try {
    if (owner) await giveTo(owner);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }

  async function giveTo({ uid, gid }: Owner): Promise<void> {
    const own = await file.stat();
    if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
  }
}
