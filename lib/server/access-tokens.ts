import { randomBytes } from "node:crypto";
import type { AccessToken, CreatedToken, NewToken } from "@/lib/contract/access";
import { hashOf } from "./access-sessions";
import type { AccessStore } from "./access-store";
import type { KeptToken } from "./adapters/access-file";
import { AppError } from "./errors";

const FORM = /^cp_[\w-]{43}$/;
const USED_AGAIN_MS = 60 * 60_000;
const MOST_TOKENS = 100;

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** What scripts are known by. Each is told once, when it is made, and known here by its hash only. */
export function createAccessTokens(store: AccessStore, now: () => number = Date.now) {
  return {
    list: (): AccessToken[] => store.now().tokens.map(({ hash: _, ...token }) => token),

    /** Whether it looks like one of ours, known or not: it is then no password. */
    isToken: (secret: string): boolean => FORM.test(secret),

    find(secret: string): KeptToken | null {
      if (!FORM.test(secret)) return null;
      const hash = hashOf(secret);
      return store.now().tokens.find((token) => token.hash === hash) ?? null;
    },

    /** Written down at most once an hour. */
    use({ id, last_used_at }: KeptToken): void {
      if (last_used_at !== null && now() - Date.parse(last_used_at) < USED_AGAIN_MS) return;
      const used = new Date(now()).toISOString();
      store.remember((record) => ({
        ...record,
        tokens: record.tokens.map((token) =>
          token.id === id ? { ...token, last_used_at: used } : token,
        ),
      }));
    },

    /** Throws `conflict` where one of the name is there, there are too many, or the disk does not take it. */
    async create({ name, scope }: NewToken): Promise<CreatedToken> {
      const secret = `cp_${randomBytes(32).toString("base64url")}`;
      const token: KeptToken = {
        id: randomBytes(9).toString("base64url"),
        hash: hashOf(secret),
        name,
        scope,
        created_at: new Date(now()).toISOString(),
        last_used_at: null,
      };
      await store.change((record) => {
        refuseMore(record.tokens, name);
        return { ...record, tokens: [...record.tokens, token] };
      });
      const { hash: _, ...told } = token;
      return { ...told, token: secret };
    },

    /** Answers its name. Throws `not_found`, and where the disk did not take it; over it is in any case. */
    async revoke(id: string): Promise<string> {
      const token = store.now().tokens.find((one) => one.id === id);
      if (!token) throw new AppError("not_found", "There is no such token.");
      await store.withdraw((record) => ({
        ...record,
        tokens: record.tokens.filter((one) => one.id !== id),
      }));
      return token.name;
    },
  };
}

function refuseMore(tokens: KeptToken[], name: string): void {
  if (tokens.some((token) => token.name === name))
    throw new AppError("conflict", `There is a token named "${name}" already.`);
  if (tokens.length >= MOST_TOKENS)
    throw new AppError("conflict", `There are ${MOST_TOKENS} tokens already: revoke one first.`);
}
