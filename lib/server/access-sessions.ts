import { createHash, randomBytes } from "node:crypto";
import type { AccessStore } from "./access-store";
import type { AccessRecord, KeptSession } from "./adapters/access-file";
import { browserName } from "./browser-name";
import { SESSION_MS } from "./session-cookie";

const USED_AGAIN_MS = 60 * 60_000;
/** The one that was not used for the longest time makes room. */
const MOST_SESSIONS = 100;

export type AccessSessions = ReturnType<typeof createAccessSessions>;

/** Browsers that are signed in. What they hold is known here by its hash only. */
export function createAccessSessions(store: AccessStore, now: () => number = Date.now) {
  const isAlive = ({ last_used_at }: KeptSession) => now() - Date.parse(last_used_at) < SESSION_MS;

  const without = (isGone: (session: KeptSession) => boolean) => (record: AccessRecord) => ({
    ...record,
    sessions: record.sessions.filter((session) => !isGone(session)),
  });

  return {
    /** Those that still count, the one used last first. */
    list: (): KeptSession[] => store.now().sessions.filter(isAlive).sort(byLastUse),

    isOpen: (id: string): boolean =>
      store.now().sessions.some((session) => session.id === id && isAlive(session)),

    find(secret: string): KeptSession | null {
      const hash = hashOf(secret);
      const session = store.now().sessions.find((one) => one.hash === hash);
      return session && isAlive(session) ? session : null;
    },

    /** Whether it is due for a longer life, which it then gets; at most once an hour. */
    use({ id, last_used_at }: KeptSession): boolean {
      if (now() - Date.parse(last_used_at) < USED_AGAIN_MS) return false;
      const used = new Date(now()).toISOString();
      store.remember((record) => ({
        ...record,
        sessions: record.sessions.map((session) =>
          session.id === id ? { ...session, last_used_at: used } : session,
        ),
      }));
      return true;
    },

    /** A new one, whatever the browser held before. Answers what the browser is to hold. */
    open(visitor: { address: string; userAgent: string | undefined }): {
      secret: string;
      session: KeptSession;
    } {
      const secret = randomBytes(32).toString("base64url");
      const opened = new Date(now()).toISOString();
      const session: KeptSession = {
        id: randomBytes(9).toString("base64url"),
        hash: hashOf(secret),
        created_at: opened,
        last_used_at: opened,
        address: visitor.address,
        browser: browserName(visitor.userAgent),
      };
      store.remember((record) => ({
        ...record,
        sessions: [session, ...record.sessions.filter(isAlive).sort(byLastUse)].slice(
          0,
          MOST_SESSIONS,
        ),
      }));
      return { secret, session };
    },

    /** Signed out by itself: where the disk is full, it is over for as long as the server runs. */
    close: (id: string): void => store.remember(without((session) => session.id === id)),

    /** Throws where the disk did not take it; over they are in any case. */
    revoke: (isGone: (session: KeptSession) => boolean): Promise<void> =>
      store.withdraw(without(isGone)),
  };
}

/** 32 random bytes cannot be guessed, so a fast hash will do. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

function byLastUse(a: KeptSession, b: KeptSession): number {
  return Date.parse(b.last_used_at) - Date.parse(a.last_used_at);
}
