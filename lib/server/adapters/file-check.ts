import { open, readFile, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { cannotReplace, explainFault, faultCode } from "./file-faults";
import { giveTo, type Owner, withTemporaryFile } from "./temporary-file";

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
    if (cannotReplace(error)) return false;
    throw error;
  }
}

function tryFile(folder: string, text: string, owner?: Owner): Promise<void> {
  return withTemporaryFile(folder, async (file) => {
    if (owner) await giveTo(owner, file);
    await file.writeFile(text);
    await file.sync();
  });
}
