import type { ErrorCode } from "@/lib/contract/errors";

/** A failure the user can understand: `message` names the thing and the way out. Anything else that is thrown is a bug. */
export class AppError extends Error {
  override readonly name = "AppError";

  constructor(
    readonly code: Exclude<ErrorCode, "internal">,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** supervisord cannot be asked now; later it may be. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === "unavailable";
}
