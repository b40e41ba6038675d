import { isUtf8 } from "node:buffer";
import { mkdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "../errors";
import { explainFault, faultCode } from "./file-faults";
import { withFileLock } from "./file-lock";
import { writeChange } from "./file-write";

type Options = { create?: boolean };

const TRIES = 5;

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
    await withFileLock(target, () => editAlone(target, edit, create));
  } catch (error) {
    throw explainFault(error, path);
  }
}

async function editAlone(
  path: string,
  edit: (text: string) => string,
  create: boolean,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await readBytes(path, create);
    const encoding = isUtf8(before ?? Buffer.alloc(0)) ? "utf8" : "latin1";
    const text = before?.toString(encoding) ?? "";
    const edited = edit(text);
    if (edited === text) return;
    if (await writeChange({ path, before, after: Buffer.from(edited, encoding) })) return;
  }
  throw new AppError(
    "conflict",
    `${path} keeps being changed by another program: try again in a moment. Nothing was written.`,
  );
}

async function makeFolder(path: string): Promise<void> {
  // With `recursive` Node says ENOENT where the disk is read-only.
  await mkdir(path, { recursive: true }).catch(() => mkdir(path));
}

async function readBytes(path: string, create: boolean): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (create && faultCode(error) === "ENOENT") return null;
    throw error;
  }
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
