"use client";

import clsx from "clsx";
import { type FormEvent, useId, useRef, useState } from "react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { useCreateToken } from "@/lib/client/access";
import type { CreatedToken, Scope } from "@/lib/contract/access";
import { Field } from "./field";

const LONGEST = 60;
const NAMELESS = "Give it a name, so that you know later which script it is for.";

export function NewTokenForm({ onCreated }: { onCreated: (token: CreatedToken) => void }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [scope, setScope] = useState<Scope>("read");
  const [isNameless, setIsNameless] = useState(false);
  const create = useCreateToken();
  const refused = create.error ? sentenceOf(create.error) : null;
  const error = isNameless ? NAMELESS : refused;

  function submit(event: FormEvent) {
    event.preventDefault();
    const name = field.current?.value.trim() ?? "";
    setIsNameless(name === "");
    if (name === "") return field.current?.focus();
    if (!create.isPending) create.mutate({ name, scope }, { onSuccess: onCreated });
  }

  return (
    <form className="setting-form" onSubmit={submit}>
      <Field id={id} label="Name of a new token" error={error}>
        <div className={clsx("field", error !== null && "field-bad")}>
          <input
            ref={field}
            id={id}
            type="text"
            autoComplete="off"
            maxLength={LONGEST}
            placeholder="nightly backup"
            aria-invalid={error !== null}
            aria-describedby={`${id}-error`}
          />
        </div>
      </Field>
      <div className="buttons">
        <Segmented
          label="What it may do"
          value={scope}
          onChange={setScope}
          options={[
            { value: "read", label: "Only look" },
            { value: "full", label: "Everything" },
          ]}
        />
        <Button type="submit" aria-disabled={create.isPending || undefined}>
          Create token
        </Button>
      </div>
    </form>
  );
}
