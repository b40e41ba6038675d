import { AppError } from "../errors";

/** The system's name for what went wrong ("ENOSPC"); null where the error did not come from it. */
export function faultCode(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}

/** A file that is a mount point, a folder that takes no new files, an owner that only root can give. */
const IRREPLACEABLE = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

/** No other file can take its place; it may still be overwritten where it lies. */
export function cannotReplace(error: unknown): boolean {
  return IRREPLACEABLE.has(faultCode(error) ?? "");
}

/** Says in plain words why a file could not be changed; what is no fault of the system is a bug and stays as it is. */
export function explainFault(error: unknown, path: string): unknown {
  const code = faultCode(error);
  if (error instanceof AppError || code === null) return error;
  const sentence = `${sayFault(code, path)} The file is as it was.`;
  return new AppError("conflict", sentence, { cause: error });
}

/** One sentence that names the file, the reason and the way out. */
export function sayFault(code: string, path: string): string {
  switch (code) {
    case "ENOENT":
      return `There is no ${path}.`;
    case "EROFS":
      return `${path} is read-only here.`;
    case "EACCES":
    case "EPERM":
      return `ControlPilot has no permission for ${path}: give its user the right to read and write it.`;
    case "ENOSPC":
    case "EDQUOT":
      return `The disk that holds ${path} is full: free some space and try again.`;
    case "EISDIR":
      return `${path} is a folder, not a file.`;
    case "ENOTDIR":
      return `${path} lies below something that is not a folder.`;
    case "ELOCKED":
      return `${path} is being changed by another program: try again in a moment.`;
    default:
      return `${path} cannot be read or written (${code}).`;
  }
}
