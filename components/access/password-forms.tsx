"use client";

import { KeyRound } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { notify } from "@/components/ui/toast";
import { useSetPassword } from "@/lib/client/access";
import { PasswordField } from "./password-field";
import { UserName } from "./user-name";

const SHORTEST = 8;
const TOO_SHORT = `A password has at least ${SHORTEST} characters.`;
const HINT = "Whoever is signed in elsewhere has to sign in anew.";

export function FirstPassword() {
  const field = useRef<HTMLInputElement>(null);
  const form = usePasswordForm("Set");
  useEffect(() => {
    if (window.location.hash === "#password") field.current?.focus();
  }, []);

  return (
    <form className="setting-form" method="post" onSubmit={form.submit}>
      <UserName />
      <PasswordField
        ref={field}
        label="New password"
        name="password"
        autoComplete="new-password"
        error={form.error}
        hint={`At least ${SHORTEST} characters.`}
      />
      <div className="buttons">
        <Button type="submit" variant="primary" aria-disabled={form.isPending || undefined}>
          Set password
        </Button>
      </div>
    </form>
  );
}

export function ChangePassword({ children }: { children: ReactNode }) {
  const form = usePasswordForm("Changed");
  return (
    <form className="setting-form" method="post" onSubmit={form.submit}>
      <UserName />
      <PasswordField
        label="Current password"
        name="current"
        autoComplete="current-password"
        error={null}
      />
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        error={form.error}
        hint={HINT}
      />
      <div className="buttons">
        <Button type="submit" aria-disabled={form.isPending || undefined}>
          Change password
        </Button>
        {children}
      </div>
    </form>
  );
}

function usePasswordForm(done: "Set" | "Changed") {
  const [isTooShort, setIsTooShort] = useState(false);
  const setPassword = useSetPassword();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const password = String(values.get("password"));
    const current = values.get("current");
    setIsTooShort(password.length < SHORTEST);
    if (password.length < SHORTEST || setPassword.isPending) return;
    setPassword.mutate(
      { password, ...(current === null ? {} : { current: String(current) }) },
      {
        onSuccess: () => {
          form.reset();
          tellDone(done);
        },
      },
    );
  }

  const refused = setPassword.error ? sentenceOf(setPassword.error) : null;
  return { submit, isPending: setPassword.isPending, error: isTooShort ? TOO_SHORT : refused };
}

function tellDone(done: "Set" | "Changed") {
  notify({
    icon: <KeyRound className="size-4" strokeWidth={1.75} aria-hidden="true" />,
    title: done === "Set" ? "This machine asks for a password now" : "The password is changed",
    text: "You stay signed in here.",
  });
}
