import * as z from "zod/mini";

export const CauseKind = z.enum([
  "gpu_memory",
  "port_in_use",
  "missing_module",
  "disk_full",
  "hub_unauthorized",
  "killed_for_memory",
  "driver_mismatch",
  "permission",
]);
export type CauseKind = z.infer<typeof CauseKind>;

/** Why a service died, recognised in its last words and in how it ended. */
export const Cause = z.object({
  kind: CauseKind,
  /** As it stands behind "Failed: ", so without a capital: "not enough GPU memory". */
  title: z.string(),
  /** What is the case, with its numbers: "Invoke AI asked for 2.5 GB; 1.9 GB of 48 GB were free." */
  text: z.string(),
  /** What to do next, in one or two sentences. */
  advice: z.string(),
  /** Where its log says so; null where no line does. */
  line: z.nullable(
    z.object({
      stream: z.enum(["out", "err"]),
      /** Which file it is in, as in the answers about logs. */
      file: z.string(),
      /** Byte offset at which the line starts. */
      offset: z.int(),
      text: z.string(),
    }),
  ),
});
export type Cause = z.infer<typeof Cause>;
