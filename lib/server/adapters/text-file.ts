import { isUtf8 } from "node:buffer";
import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { explainFault, faultCode } from "./file-faults";
import { withFileLock } from "./file-lock";
import { changeFile } from "./file-write";

type Options = { create?: boolean };

/**
 * Gives the file the text that `edit` makes of its own, whole or not at all; one editor at a time,
 * across processes too. `edit` runs again where somebody else changed the file meanwhile, and the
 * same text is not written. With `create` a missing file counts as empty. Bytes that are not UTF-8
 * survive. Throws `conflict` with the reason; the file is then as it was.
 */
export async function editTextFile(
  path: string,
  edit: (text: string) => string,
  { create = false }: Options = {},
): Promise<void> {
  try {
    if (create) await makeFolder(dirname(path));
    const target = await findTarget(path, create);
    const kind = { create, isPrivate: false };
    await withFileLock(target, () => changeFile(target, (bytes) => editBytes(bytes, edit), kind));
  } catch (error) {
    throw explainFault(error, path);
  }
}

/** Null where the text stays the same. */
function editBytes(before: Buffer | null, edit: (text: string) => string): Buffer | null {
  const encoding = isUtf8(before ?? Buffer.alloc(0)) ? "utf8" : "latin1";
  const text = before?.toString(encoding) ?? "";
  const edited = edit(text);
  return edited === text ? null : Buffer.from(edited, encoding);
}

async function makeFolder(path: string): Promise<void> {
  // With `recursive` Node says ENOENT where the disk is read-only.
  await mkdir(path, { recursive: true }).catch(() => mkdir(path));
}

/** The file behind symbolic links, which are kept. */
async function findTarget(path: string, create: boolean): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!create || faultCode(error) !== "ENOENT") throw error;
    return join(await realpath(dirname(path)), basename(path));
  }
}
