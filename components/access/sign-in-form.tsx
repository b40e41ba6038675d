"use client";

import { type FormEvent, useEffect, useRef, useSyncExternalStore } from "react";
import { useNow } from "@/components/services/ago";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { formatTook } from "@/components/updates/times";
import { useSignIn } from "@/lib/client/access";
import { ApiError } from "@/lib/client/api";
import { PasswordField } from "./password-field";
import { UserName } from "./user-name";

/** `isDone`: the page is about to leave. */
export function SignInForm({ isDone }: { isDone: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  const signIn = useSignIn();
  const seconds = useSecondsLeft(signIn.error);
  const isBusy = signIn.isPending || isDone;
  const isAtWork = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  useEffect(() => field.current?.focus(), []);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = field.current?.value ?? "";
    if (password === "") return field.current?.focus();
    if (isBusy || seconds > 0) return;
    signIn.mutate(password, { onError: () => field.current?.select() });
  }

  return (
    <form method="post" onSubmit={submit}>
      <UserName />
      <PasswordField
        ref={field}
        label="Password"
        name="password"
        autoComplete="current-password"
        error={errorOf(signIn.error, seconds)}
      />
      <p className="second-line empty:hidden">
        {seconds > 0 ? `The next try counts in ${formatTook(seconds)}.` : null}
      </p>
      <Button
        type="submit"
        variant="primary"
        className="w-full"
        // Else the browser itself would send the form to the page's address.
        disabled={!isAtWork}
        aria-disabled={isBusy || seconds > 0 || undefined}
      >
        {isBusy ? "Signing in" : "Sign in"}
      </Button>
    </form>
  );
}

/** Until the server listens to the next try. */
function useSecondsLeft(error: Error | null): number {
  const now = useNow();
  const retryAt = retryAtOf(error);
  return retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
}

/** Where a wait is over there is nothing wrong any more. */
function errorOf(error: Error | null, seconds: number): string | null {
  if (error === null) return null;
  if (retryAtOf(error) === null) return sentenceOf(error);
  return seconds > 0 ? "There were too many wrong passwords." : null;
}

function retryAtOf(error: Error | null): number | null {
  return error instanceof ApiError && error.code === "busy" ? error.retryAt : null;
}
