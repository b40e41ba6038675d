import * as z from "zod/mini";

/** What people and scripts do here, as the audit names it. */
export const ActivityAction = z.enum([
  "service.start",
  "service.stop",
  "service.restart",
  "autostart.set",
  "update.start",
  "update.cancel",
  "update.rollback",
  "update.policy",
  "log.clear",
  "config.reread",
  "session.sign_in",
  "session.sign_out",
  "session.refused",
  "access.token_created",
  "access.token_revoked",
  "access.session_revoked",
  "access.password_set",
  "access.password_removed",
  "access.exposure_set",
  "support.bundle",
  "secrets.revealed",
]);
export type ActivityAction = z.infer<typeof ActivityAction>;

/** "refused": it was not even tried. "failed": it was tried, and did not come to a good end. */
export const ActivityResult = z.enum(["ok", "refused", "failed"], {
  error: "must be ok, refused or failed",
});
export type ActivityResult = z.infer<typeof ActivityResult>;

/** One line of the audit file. */
export const ActivityEntry = z.object({
  id: z.string(),
  time: z.iso.datetime(),
  /** As in `Caller`: "browser", the name of a token, "anyone". */
  actor: z.string(),
  /** IP address. */
  address: z.string(),
  /** An `ActivityAction`; another version may know more of them. */
  action: z.string(),
  /** The service, token or session that it was done to; null where there is none. */
  target: z.nullable(z.string()),
  result: ActivityResult,
  /** What exactly: "on", a version, one of the logs. */
  detail: z.optional(z.string()),
  /** The sentence that says why it was not done. */
  error: z.optional(z.string()),
});
export type ActivityEntry = z.infer<typeof ActivityEntry>;

/** An id of an entry, in a question for what is older. */
export const ActivityId = z.string().check(z.regex(/^[\w-]{1,40}$/, "is not the id of an entry"));

export const Activity = z.object({
  /** Newest first. */
  entries: z.array(ActivityEntry),
  /** There are older ones that match. */
  more: z.boolean(),
  /** Why what is done now cannot be written down; null while it can. */
  problem: z.nullable(z.string()),
});
export type Activity = z.infer<typeof Activity>;
