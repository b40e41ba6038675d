import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { AccessStore } from "./access-store";
import { hashPassword, isPasswordOf } from "./adapters/password-hash";
import type { SecretsEnv } from "./adapters/secrets-env";
import { AppError } from "./errors";

const VARIABLE = "CONTROLPILOT_PASSWORD";
/** Each of them takes a core for about 80 ms, one after another. */
const MOST_WAITING = 16;

type Source = "environment" | "secrets" | "settings";

export type SignInPassword = ReturnType<typeof createSignInPassword>;

/**
 * The password of this machine, wherever it comes from: the environment wins over secrets.env, and
 * that over the settings page. One from outside that goes away counts until the server starts again,
 * so that no half-written file opens the door.
 */
export function createSignInPassword(deps: {
  environment: string;
  secrets: SecretsEnv;
  store: AccessStore;
  report: (error: unknown) => void;
}) {
  const { store } = deps;
  const key = randomBytes(32);
  let waiting = 0;
  let lastCheck: Promise<unknown> = Promise.resolve();
  let isOpen = false;
  let generation = 0;
  let kept: string | null = null;
  let secretsFault: string | null = null;
  /** Of the password that was right, so that scripts do not cost 80 ms each time. */
  let remembered: { hash: string; digest: Buffer } | null = null;

  const fromOutside = () => deps.environment || kept;
  const digestOf = (password: string) =>
    createHmac("sha256", key).update(password.normalize("NFC")).digest();

  function source(): Source | null {
    if (deps.environment) return "environment";
    if (kept) return "secrets";
    return store.now().password === null ? null : "settings";
  }

  async function readSecrets(): Promise<void> {
    try {
      const found = await deps.secrets.read(VARIABLE);
      secretsFault = null;
      if (found === null || found === kept) return;
      generation += 1;
      const isChange = kept !== null && !deps.environment;
      kept = found;
      if (isChange) forgetSessions();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      secretsFault = error.message;
      deps.report(error);
    }
  }

  function forgetSessions(): void {
    const { sessions, opened_with } = store.now();
    if (sessions.length === 0 && opened_with === null) return;
    store.remember((record) => ({ ...record, sessions: [], opened_with: null }));
  }

  /** A session lives no longer than the password that it was opened with. */
  async function forgetSessionsOfAnother(): Promise<void> {
    const { opened_with } = store.now();
    const outside = fromOutside();
    const isSame = outside
      ? opened_with !== null && (await isPasswordOf(opened_with, outside))
      : opened_with === null;
    if (!isSame) forgetSessions();
  }

  /** One at a time. */
  function checkHash(hash: string, tried: string): Promise<boolean> {
    if (waiting >= MOST_WAITING) {
      const sentence = "Too many passwords are tried at once: try again in a second.";
      throw new AppError("busy", sentence, { retryAfterSeconds: 1 });
    }
    waiting += 1;
    const check = lastCheck
      .then(() => isPasswordOf(hash, tried))
      .finally(() => {
        waiting -= 1;
      });
    lastCheck = check.catch(() => {});
    return check;
  }

  return {
    source,

    /** Another number once the password is another one. */
    generation: (): number => generation,

    /** Why nobody can be let in: whether there is a password cannot be told. */
    fault(): string | null {
      if (!isOpen) return "ControlPilot is starting: try again in a moment.";
      if (fromOutside()) return null;
      return secretsFault ?? store.fault();
    },

    /** Follows secrets.env until it is closed. */
    async open(): Promise<() => void> {
      await readSecrets();
      await forgetSessionsOfAnother();
      isOpen = true;
      let last: Promise<void> = Promise.resolve();
      return deps.secrets.watch(() => {
        last = last.then(readSecrets).catch(deps.report);
      });
    },

    /** Right before, and still so: tells it without any work. */
    isRemembered(password: string): boolean {
      if (remembered === null || fromOutside() || store.now().password !== remembered.hash)
        return false;
      return timingSafeEqual(digestOf(password), remembered.digest);
    },

    /** Whether it is the password that counts now. Throws `busy` where too many ask at once. */
    async isRight(password: string): Promise<boolean> {
      const digest = digestOf(password);
      const outside = fromOutside();
      if (outside) return timingSafeEqual(digest, digestOf(outside));
      const hash = store.now().password;
      if (hash === null || !(await checkHash(hash, password))) return false;
      if (store.now().password !== hash || fromOutside()) return false;
      remembered = { hash, digest };
      return true;
    },

    /** Before the first session is opened with a password from outside. */
    async keepProof(): Promise<void> {
      const outside = fromOutside();
      if (!outside || store.now().opened_with !== null) return;
      const hash = await hashPassword(outside);
      store.remember((record) => ({ ...record, opened_with: hash }));
    },

    /** Throws `conflict` where it comes from outside, and cannot be changed here. */
    refuseOutside(): void {
      const from = source();
      if (from !== "environment" && from !== "secrets") return;
      const place =
        from === "environment" ? "the environment of this machine" : "config/secrets.env";
      const sentence = `The password comes from ${VARIABLE} in ${place}: change it there.`;
      throw new AppError("conflict", sentence);
    },

    /** Signs everybody out; null for none. Throws `conflict` where the disk does not take it. */
    async set(password: string | null): Promise<void> {
      const hash = password === null ? null : await hashPassword(password);
      await store.change((record) => ({
        ...record,
        password: hash,
        opened_with: null,
        sessions: [],
        meant: false,
      }));
      generation += 1;
    },
  };
}
