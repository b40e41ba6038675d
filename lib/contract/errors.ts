import * as z from "zod/mini";

export const ErrorCode = z.enum([
  "invalid",
  "too_large",
  "not_found",
  "conflict",
  "busy",
  "unavailable",
  "unauthorized",
  "forbidden",
  "internal",
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** What every refusal answers. `detail` is a sentence that names the thing and the way out. */
export const ErrorBody = z.object({ detail: z.string(), code: ErrorCode });
export type ErrorBody = z.infer<typeof ErrorBody>;
