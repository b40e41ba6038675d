"use client";

import { type FormEvent, useEffect, useRef } from "react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { useRemovePassword } from "@/lib/client/access";
import { PasswordField } from "./password-field";
import { UserName } from "./user-name";

/** Asks in place of the form to change it. */
export function RemovePassword({ onCancel }: { onCancel: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const removal = useRemovePassword();
  useEffect(() => field.current?.focus(), []);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const current = field.current?.value ?? "";
    if (current === "") return field.current?.focus();
    if (!removal.isPending) removal.mutate(current, { onError: () => field.current?.select() });
  }

  return (
    <form className="setting-form" method="post" onSubmit={submit}>
      <UserName />
      <p>Without a password, anyone who reaches this address controls this machine.</p>
      <PasswordField
        ref={field}
        label="Current password"
        name="current"
        autoComplete="current-password"
        error={removal.error ? sentenceOf(removal.error) : null}
      />
      <div className="buttons">
        <Button onClick={onCancel}>Keep it</Button>
        <Button type="submit" variant="danger" aria-disabled={removal.isPending || undefined}>
          Remove password
        </Button>
      </div>
    </form>
  );
}
