import * as z from "zod/mini";

export const LogStream = z.enum(["out", "err"], { error: "must be out or err" });
export type LogStream = z.infer<typeof LogStream>;

export const LogTail = z.object({
  /** The last lines as the program wrote them; bytes that are no UTF-8 stand as U+FFFD. */
  log: z.string(),
  path: z.string(),
  stream: LogStream,
  /** Of the whole file, in bytes. */
  size: z.int(),
  /** Byte offset in the file where `log` starts. */
  offset: z.int(),
  /** The answer's byte limit cut `log` short of the lines that were asked for. */
  truncated: z.boolean(),
  written_at: z.iso.datetime(),
});
export type LogTail = z.infer<typeof LogTail>;

export const LogCleared = z.object({ status: z.literal("ok"), cleared: z.array(LogStream) });
export type LogCleared = z.infer<typeof LogCleared>;
