import type { ErrorCode } from "@/lib/contract/errors";
import { redact } from "./redact";

/** A failure the user can understand: `message` names the thing and the way out. Anything else that is thrown is a bug. */
export class AppError extends Error {
  override readonly name = "AppError";

  /** Before so many seconds have passed it makes no sense to ask again. */
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly code: Exclude<ErrorCode, "internal">,
    message: string,
    options: ErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    // What other programs say of a failure is a part of many, and may hold a secret.
    super(redact(message), options);
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** Next loads this module once for each bundle, and what one of them throws another may catch. */
Object.defineProperty(AppError, Symbol.hasInstance, {
  value(this: unknown, thing: unknown): boolean {
    if (this !== AppError) return Function.prototype[Symbol.hasInstance].call(this, thing);
    return thing instanceof Error && thing.name === "AppError";
  },
});

/** supervisord cannot be asked now; later it may be. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === "unavailable";
}
