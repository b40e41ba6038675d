import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "@/lib/contract/access";
import type { ErrorBody } from "@/lib/contract/errors";
import type { AccessSessions } from "./access-sessions";
import type { AccessTokens } from "./access-tokens";
import { AppError } from "./errors";
import type { Refusal } from "./limits-refusal";
import { isOpenPath, isPublicFile, wantsPage } from "./open-paths";
import { readSessionCookie, sessionCookie } from "./session-cookie";
import type { SignIn } from "./sign-in";
import type { SignInPassword } from "./sign-in-password";

export type Visit = {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  /** All that were sent under the name. */
  authorizations: () => string[];
  address: string;
  /** It came over https. */
  isSecure: boolean;
};

/** `cookie` is a session's longer life. */
export type Verdict =
  | { caller: Caller; cookie?: string }
  | { refusal: Refusal; headers: Record<string, string> };

/** A longer address would fill a header. */
const MOST_OF_NEXT = 2000;
const HARMLESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

export type AccessGate = ReturnType<typeof createAccessGate>;

/**
 * Decides before any route who asks and whether they may: nobody may anything that is not named in
 * `open-paths.ts`, and who may only look may only GET. Answers at once, but for a new password.
 */
export function createAccessGate(deps: {
  sessions: AccessSessions;
  tokens: AccessTokens;
  password: SignInPassword;
  signIn: SignIn;
  /** A password that was none. */
  onRefused: (address: string) => void;
}) {
  const { sessions, tokens, password } = deps;

  function judge(visit: Visit): Verdict | Promise<Verdict> {
    const nobody = callerAs("nobody", "nobody", "read", visit);
    // Asks of health and pages' scripts need nobody's name.
    if (isPublicFile(visit.url) && HARMLESS.has(visit.method)) return { caller: nobody };
    const fault = password.fault();
    if (fault !== null) return refuse(503, "unavailable", fault);
    const bearer = bearerOf(visit);
    if (password.source() === null)
      return letIn(visit, tokenCaller(bearer, visit) ?? openTo(visit));
    if (bearer === null) return judgeCookie(visit, nobody);
    const caller = tokenCaller(bearer, visit);
    if (caller) return letIn(visit, caller);
    if (bearer === "" || tokens.isToken(bearer)) return refuseNobody(visit, nobody);
    return judgePassword(bearer, visit, nobody);
  }

  function judgeCookie(visit: Visit, nobody: Caller): Verdict {
    const secret = readSessionCookie(visit.headers.cookie, visit.isSecure);
    const session = secret === null ? null : sessions.find(secret);
    if (secret === null || session === null) return refuseNobody(visit, nobody);
    const caller = callerAs("session", session.browser, "full", visit);
    const verdict = letIn(visit, { ...caller, session: session.id });
    const isLonger = sessions.use(session);
    return isLonger ? { ...verdict, cookie: sessionCookie(secret, visit.isSecure) } : verdict;
  }

  async function judgePassword(tried: string, visit: Visit, nobody: Caller): Promise<Verdict> {
    try {
      if (await deps.signIn.isRight(tried, visit.address))
        return letIn(visit, callerAs("password", "password", "full", visit));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "busy") throw error;
      const { message, retryAfterSeconds } = error;
      return refuse(429, "busy", message, { "retry-after": String(retryAfterSeconds ?? 1) });
    }
    deps.onRefused(visit.address);
    return refuseNobody(visit, nobody);
  }

  function tokenCaller(bearer: string | null, visit: Visit): Caller | null {
    const token = bearer === null ? null : tokens.find(bearer);
    if (token === null) return null;
    tokens.use(token);
    return callerAs("token", token.name, token.scope, visit);
  }

  /** What somebody's rights rest on; another thing, or null, once they are lost. */
  function standingOf({ kind, name, session }: Caller): string | null {
    switch (kind) {
      case "session":
        return session !== undefined && sessions.isOpen(session) ? session : null;
      case "token":
        return tokens.list().find((token) => token.name === name)?.id ?? null;
      case "open":
        return password.source() === null ? "open" : null;
      case "password":
        return `password ${password.generation()}`;
      case "nobody":
        return "nobody";
    }
  }

  return { judge, standingOf };
}

function letIn({ method, url }: Visit, caller: Caller): Verdict {
  if (caller.scope === "full" || HARMLESS.has(method) || isOpenPath(method, url)) return { caller };
  return refuse(403, "forbidden", `"${caller.name}" may look at this machine, but not change it.`);
}

function refuseNobody(visit: Visit, nobody: Caller): Verdict {
  if (isOpenPath(visit.method, visit.url)) return { caller: nobody };
  const sentence = "Sign in, or send a token or the password as Authorization: Bearer.";
  if (!wantsPage(visit.method, visit.url))
    return refuse(401, "unauthorized", sentence, { "www-authenticate": "Bearer" });
  const next = visit.url.length > MOST_OF_NEXT ? "/" : visit.url;
  const location = `/login?next=${encodeURIComponent(next)}`;
  return refuse(303, "unauthorized", sentence, { location });
}

/** Null where nothing of the kind was sent; empty, which is nobody's, where it was sent twice. */
function bearerOf({ headers, authorizations }: Visit): string | null {
  if (headers.authorization === undefined) return null;
  const sent = authorizations();
  const [only = ""] = sent;
  // A proxy in front may have a login of its own.
  const [, bearer] = /^bearer[ ]+(.*)$/i.exec(only) ?? [];
  if (sent.length > 1) return "";
  return bearer?.trim() ?? null;
}

function openTo(visit: Visit): Caller {
  return callerAs("open", "anyone", "full", visit);
}

function callerAs(
  kind: Caller["kind"],
  name: string,
  scope: Caller["scope"],
  { address, isSecure }: Visit,
): Caller {
  return { kind, name, scope, address, secure: isSecure };
}

function refuse(
  status: number,
  code: ErrorBody["code"],
  detail: string,
  headers: Record<string, string> = {},
): Verdict {
  return { refusal: { status, body: { detail, code } }, headers };
}
