import type {
  Access,
  Caller,
  CreatedToken,
  NewPassword,
  NewToken,
  Session,
} from "@/lib/contract/access";
import type { ActivityAction, ActivityResult } from "@/lib/contract/activity";
import type { AccessSessions } from "./access-sessions";
import type { AccessStore } from "./access-store";
import type { AccessTokens } from "./access-tokens";
import { browserName } from "./browser-name";
import { AppError } from "./errors";
import { noSessionCookie, sessionCookie } from "./session-cookie";
import type { SignIn } from "./sign-in";
import type { SignInPassword } from "./sign-in-password";

type Happening = {
  actor: string;
  address: string;
  action: ActivityAction;
  target: null;
  result: ActivityResult;
};
/** What a browser is told, and is to hold from now on. */
type Signed = { body: Session; cookie: string };

/** Signing in and out, and what those who may everything decide about others. */
export function createAccessService(deps: {
  store: AccessStore;
  sessions: AccessSessions;
  tokens: AccessTokens;
  password: SignInPassword;
  signIn: SignIn;
  /** Other machines can connect. */
  isReachable: boolean;
  record: (happening: Happening) => void;
}) {
  const { store, sessions, tokens, password } = deps;

  function sessionOf({ kind, name, scope }: Caller): Session {
    const source = password.source();
    const isSignedIn = kind !== "nobody" && kind !== "open";
    return {
      required: source !== null,
      signed_in: isSignedIn,
      scope: kind === "nobody" ? null : scope,
      name: isSignedIn ? name : null,
      password: { set: source !== null, source },
      exposed: source === null && deps.isReachable,
      meant: store.now().meant,
    };
  }

  /** Always a new session, which outlives this server; the one that the browser held before is over. */
  async function openSession(caller: Caller, userAgent: string | undefined): Promise<Signed> {
    if (caller.session !== undefined) sessions.close(caller.session);
    const { secret, session } = sessions.open({ address: caller.address, userAgent });
    await store.written();
    const owner: Caller = { ...caller, kind: "session", name: session.browser, scope: "full" };
    return { body: sessionOf(owner), cookie: sessionCookie(secret, caller.secure === true) };
  }

  function record(action: ActivityAction, result: ActivityResult, actor: string, caller: Caller) {
    deps.record({ actor, address: caller.address, action, target: null, result });
  }

  async function needCurrent(current: string | undefined, { address }: Caller): Promise<void> {
    if (password.source() === null) return;
    if (current === undefined) throw new AppError("invalid", "current: the password is needed.");
    if (!(await deps.signIn.isRight(current, address)))
      throw new AppError("forbidden", "That is not the password of this machine.");
  }

  return {
    session: sessionOf,

    /** Throws `unauthorized` for a wrong password, `busy` while the address has to wait. */
    async signIn(caller: Caller, tried: string, userAgent: string | undefined): Promise<Signed> {
      if (password.source() === null)
        throw new AppError("conflict", "No password is set here: nobody has to sign in.");
      if (!(await deps.signIn.isRight(tried, caller.address))) {
        record("session.refused", "refused", browserName(userAgent), caller);
        throw new AppError("unauthorized", "That is not the password of this machine.");
      }
      await password.keepProof();
      const signed = await openSession(caller, userAgent);
      record("session.sign_in", "ok", browserName(userAgent), caller);
      return signed;
    },

    async signOut(caller: Caller): Promise<Signed> {
      if (caller.session !== undefined) {
        sessions.close(caller.session);
        await store.written();
        record("session.sign_out", "ok", caller.name, caller);
      }
      const nobody: Caller = { ...caller, kind: "nobody", scope: "read" };
      return {
        body: sessionOf(password.source() === null ? caller : nobody),
        cookie: noSessionCookie(caller.secure === true),
      };
    },

    list(caller: Caller): Access {
      needFull(caller);
      const told = sessions.list().map(({ hash: _, ...session }) => ({
        ...session,
        current: session.id === caller.session,
      }));
      return { sessions: told, tokens: tokens.list() };
    },

    /** Answers the browser that was signed out. Throws `not_found`. */
    async revokeSession(caller: Caller, id: string): Promise<string> {
      needFull(caller);
      const session = sessions.list().find((one) => one.id === id);
      if (!session) throw new AppError("not_found", "There is no such session.");
      await sessions.revoke((one) => one.id === id);
      return session.browser;
    },

    /** All but the one that asks. */
    revokeOtherSessions(caller: Caller): Promise<void> {
      needFull(caller);
      return sessions.revoke(({ id }) => id !== caller.session);
    },

    createToken(caller: Caller, token: NewToken): Promise<CreatedToken> {
      needFull(caller);
      return tokens.create(token);
    },

    /** Answers its name. */
    revokeToken(caller: Caller, id: string): Promise<string> {
      needFull(caller);
      return tokens.revoke(id);
    },

    /** Everybody else is signed out; who sets the first password is signed in. */
    async setPassword(
      caller: Caller,
      { password: wanted, current }: NewPassword,
      userAgent: string | undefined,
    ): Promise<Signed> {
      needPerson(caller);
      password.refuseOutside();
      await needCurrent(current, caller);
      await password.set(wanted);
      return openSession(caller, userAgent);
    },

    /** From then on everybody may come in. */
    async removePassword(caller: Caller, current: string): Promise<Signed> {
      needPerson(caller);
      password.refuseOutside();
      await needCurrent(current, caller);
      await password.set(null);
      const anyone: Caller = { ...caller, kind: "open", name: "anyone" };
      return { body: sessionOf(anyone), cookie: noSessionCookie(caller.secure === true) };
    },

    async setMeant(caller: Caller, meant: boolean): Promise<Session> {
      needFull(caller);
      await store.change((record) => ({ ...record, meant }));
      return sessionOf(caller);
    },
  };
}

function needFull({ scope }: Caller): void {
  if (scope !== "full")
    throw new AppError("forbidden", "Who may only look is not shown who may come in.");
}

/** A token that has leaked must not lock its owner out. */
function needPerson(caller: Caller): void {
  needFull(caller);
  if (caller.kind !== "session" && caller.kind !== "open")
    throw new AppError("forbidden", "The password is changed by somebody who is signed in.");
}
