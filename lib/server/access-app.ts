import { createAccessService } from "./access";
import { createAccessGate } from "./access-gate";
import { createAccessSessions } from "./access-sessions";
import { createAccessStore } from "./access-store";
import { createAccessTokens } from "./access-tokens";
import type { ActivityLog } from "./activity";
import { createAccessFile } from "./adapters/access-file";
import { createSecretsEnv } from "./adapters/secrets-env";
import type { Settings } from "./env";
import { createSignIn } from "./sign-in";
import { createSignInDelays } from "./sign-in-delays";
import { createSignInPassword } from "./sign-in-password";

export type AccessApp = ReturnType<typeof createAccessApp>;

/** Puts together who may come in: nobody, until it is open. */
export function createAccessApp(
  { access }: Settings,
  deps: {
    record: ActivityLog["record"];
    report: (error: unknown) => void;
    now?: () => number;
  },
) {
  const store = createAccessStore({ file: createAccessFile(access.filePath), report: deps.report });
  const sessions = createAccessSessions(store);
  const tokens = createAccessTokens(store);
  const password = createSignInPassword({
    environment: access.password,
    secrets: createSecretsEnv(access.secretsPath),
    store,
    report: deps.report,
  });
  const signIn = createSignIn({ delays: createSignInDelays(deps.now), password });
  const service = createAccessService({
    store,
    sessions,
    tokens,
    password,
    signIn,
    isReachable: access.isReachable,
    record: deps.record,
  });
  return {
    ...service,
    gate: createAccessGate({
      sessions,
      tokens,
      password,
      signIn,
      onRefused: (address) =>
        deps.record({
          actor: "a script",
          address,
          action: "session.refused",
          target: null,
          result: "refused",
        }),
    }),

    /** Reads who may. Answers how to let go of what it follows. */
    async open(): Promise<() => Promise<void>> {
      await store.open();
      const close = await password.open();
      return async () => {
        close();
        await store.settled();
      };
    },
  };
}
