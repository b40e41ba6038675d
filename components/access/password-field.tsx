import clsx from "clsx";
import { Eye, EyeOff, Lock } from "lucide-react";
import { type ComponentProps, useId, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Field } from "./field";

type PasswordFieldProps = Omit<ComponentProps<"input">, "type"> & {
  label: string;
  error: string | null;
  hint?: string;
};

/** Its text stays in the page's own field, which browsers fill in before the page is at work. */
export function PasswordField({ label, error, hint, ...props }: PasswordFieldProps) {
  const id = useId();
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <Field id={id} label={label} error={error} hint={hint}>
      <div className={clsx("field", error !== null && "field-bad")}>
        <Lock className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
        <input
          id={id}
          type={isShown ? "text" : "password"}
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={error !== null}
          aria-describedby={`${id}-error ${id}-hint`}
          {...props}
        />
        <IconButton
          label={`Show ${label.toLowerCase()}`}
          pressed={isShown}
          onClick={() => setIsShown(!isShown)}
        >
          <Icon strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </div>
    </Field>
  );
}
