import { type FileHandle, open, readFile } from "node:fs/promises";
import { AppError } from "../errors";
import { faultCode } from "./file-faults";

/**
 * Changes a file that nothing can take the place of. What does not fit is taken back, but a kill in
 * the middle may leave it written in part. Answers false, and has changed nothing, where the file no
 * longer holds `before`.
 */
export async function overwriteFile(path: string, before: Buffer, after: Buffer): Promise<boolean> {
  const file = await open(path, "r+");
  try {
    if (!before.equals(await file.readFile())) return false;
    await fillFile(file, after)
      .then(() => verify(path, after))
      .catch((reason) => restore(file, { path, before }, reason));
    return true;
  } finally {
    await file.close();
  }
}

/** Leaves the file with exactly these bytes, on the disk. */
export async function fillFile(file: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, written)).bytesWritten;
  }
  await file.truncate(bytes.length);
  await file.sync();
}

async function verify(path: string, bytes: Buffer): Promise<void> {
  if (bytes.equals(await readFile(path))) return;
  throw Object.assign(new Error(`${path} does not hold what was written`), { code: "EIO" });
}

async function restore(
  file: FileHandle,
  { path, before }: { path: string; before: Buffer },
  reason: unknown,
): Promise<never> {
  try {
    await fillFile(file, before);
  } catch (cause) {
    const sentence = `${path} was written in part only (${faultCode(reason)}), and its old text could not be put back (${faultCode(cause)}).`;
    throw new AppError("conflict", sentence, { cause });
  }
  throw reason;
}
