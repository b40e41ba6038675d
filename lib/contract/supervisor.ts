import * as z from "zod/mini";

/** How the config on disk differs from what supervisord has loaded; names are those of program sections. */
export const ConfigDrift = z.object({
  changed: z.array(z.string()),
  added: z.array(z.string()),
  removed: z.array(z.string()),
  /** For each changed program the options that differ, where that is known. */
  options: z.record(z.string(), z.array(z.string())),
  /** A sentence that names the file and why it cannot be read or parsed. */
  error: z.nullable(z.string()),
});
export type ConfigDrift = z.infer<typeof ConfigDrift>;

export const Supervisor = z.object({
  state: z.string(),
  pid: z.int(),
  version: z.string(),
  config_path: z.string(),
  log_path: z.nullable(z.string()),
  config: ConfigDrift,
  /** What went wrong when this machine came up: sentences, in the order in which it happened. */
  boot: z.object({ problems: z.array(z.string()) }),
});
export type Supervisor = z.infer<typeof Supervisor>;

export const Health = z.object({
  status: z.literal("ok"),
  supervisord: z.enum(["up", "down", "busy"]),
  version: z.string(),
});
export type Health = z.infer<typeof Health>;
