import * as z from "zod/mini";

/** What a caller may do: everything, or look only. */
export const Scope = z.enum(["full", "read"]);
export type Scope = z.infer<typeof Scope>;

/**
 * Who asks, as the front door has found out. `open`: no password is set, and everybody has full rights.
 * `nobody`: not signed in; such a one gets to the sign-in only.
 */
export const Caller = z.object({
  kind: z.enum(["open", "session", "token", "password", "nobody"]),
  /** For people: "Firefox on Linux", the name of a token; "anyone" where it is open. */
  name: z.string(),
  scope: Scope,
  /** IP address. */
  address: z.string(),
  /** The id of the session. */
  session: z.optional(z.string()),
  /** It came over https. */
  secure: z.optional(z.boolean()),
});
export type Caller = z.infer<typeof Caller>;

export const Session = z.object({
  /** Whether this machine asks for a password. */
  required: z.boolean(),
  signed_in: z.boolean(),
  scope: z.nullable(Scope),
  name: z.nullable(z.string()),
  password: z.object({
    set: z.boolean(),
    source: z.nullable(z.enum(["environment", "secrets", "settings"])),
  }),
  /** It listens beyond this machine, and no password is set. */
  exposed: z.boolean(),
  /** The user has said that this is meant. */
  meant: z.boolean(),
});
export type Session = z.infer<typeof Session>;

export const SignIn = z.object({ password: z.string().check(z.minLength(1), z.maxLength(1000)) });
export type SignIn = z.infer<typeof SignIn>;

/** Of a session or a token. */
export const AccessId = z.string().check(z.regex(/^[\w-]{1,64}$/, "is not an id"));
const Moment = z.iso.datetime();

export const AccessSession = z.object({
  id: AccessId,
  created_at: Moment,
  last_used_at: Moment,
  address: z.string(),
  /** As in "Firefox on Linux". */
  browser: z.string(),
  /** The one that asks. */
  current: z.boolean(),
});
export type AccessSession = z.infer<typeof AccessSession>;

export const AccessToken = z.object({
  id: AccessId,
  name: z.string(),
  scope: Scope,
  created_at: Moment,
  last_used_at: z.nullable(Moment),
});
export type AccessToken = z.infer<typeof AccessToken>;

export const Access = z.object({
  sessions: z.array(AccessSession),
  tokens: z.array(AccessToken),
});
export type Access = z.infer<typeof Access>;

export const NewToken = z.object({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(60)),
  scope: Scope,
});
export type NewToken = z.infer<typeof NewToken>;

/** `token` is told this once. */
export const CreatedToken = z.extend(AccessToken, { token: z.string() });
export type CreatedToken = z.infer<typeof CreatedToken>;

export const NewPassword = z.object({
  password: z.string().check(z.minLength(8), z.maxLength(1000)),
  /** Needed where one is set. */
  current: z.optional(z.string()),
});
export type NewPassword = z.infer<typeof NewPassword>;

export const RemovePassword = z.object({ current: z.string() });
export const Exposure = z.object({ meant: z.boolean() });
