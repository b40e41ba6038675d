import { access, readFile } from "node:fs/promises";
import { AppError } from "../errors";
import { faultCode, sayFault } from "./file-faults";

/** A link to nothing, and what may not be looked at, are not there. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Null where there is no such file or folder. Throws `conflict` that names it where it cannot be read. */
export function orNull<T>(answer: Promise<T>, path: string): Promise<T | null> {
  return unless(["ENOENT", "ENOTDIR"], answer, path);
}

/** Empty where there is no file yet; a folder for it that is none is a `conflict`. */
export async function readText(path: string): Promise<string> {
  return (await unless(["ENOENT"], readFile(path, "utf8"), path)) ?? "";
}

async function unless<T>(absent: string[], answer: Promise<T>, path: string): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const code = faultCode(error);
    if (code !== null && absent.includes(code)) return null;
    throw code === null ? error : new AppError("conflict", sayFault(code, path), { cause: error });
  }
}
