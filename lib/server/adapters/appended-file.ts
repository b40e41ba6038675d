import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";

const LF = 10;

/**
 * Adds lines to a file that is open for appending, in one write, below a line that was torn. Where this
 * throws, the file is as it was. One writer at a time.
 */
export async function appendLines(
  file: FileHandle,
  lines: string,
  { sync = false }: { sync?: boolean } = {},
): Promise<void> {
  const { size } = await file.stat();
  const gap = (await endsLine(file, size)) ? "" : "\n";
  const bytes = Buffer.from(`${gap}${lines}`);
  let written = 0;
  try {
    // In one write, so that a kill cannot come between its parts.
    written = (await file.write(bytes)).bytesWritten;
    if (written < bytes.length) throw Object.assign(new Error("short write"), { code: "ENOSPC" });
    if (sync) await file.sync();
  } catch (error) {
    await takeBack(file, size, written);
    throw error;
  }
}

async function takeBack(file: FileHandle, sizeBefore: number, written: number): Promise<void> {
  const { size } = await file.stat();
  // Something that another program appended behind it must not go with it.
  if (size === sizeBefore + written) await file.truncate(sizeBefore);
}

async function endsLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer[0] === LF;
}

/** Null where there is no file. Throws `conflict` with the reason where it cannot be read. */
export async function openToRead(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (error) {
    const code = faultCode(error);
    if (code === "ENOENT") return null;
    throw code === null ? error : new AppError("conflict", sayFault(code, path), { cause: error });
  }
}
