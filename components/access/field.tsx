import type { ReactNode } from "react";

type FieldProps = {
  id: string;
  label: string;
  error: string | null;
  hint?: string | undefined;
  children: ReactNode;
};

/** A field under its name; what is wrong with it stands beneath, where its `aria-describedby` finds it. */
export function Field({ id, label, error, hint, children }: FieldProps) {
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      {children}
      <p id={`${id}-error`} role="alert" className="field-error">
        {error}
      </p>
      <p id={`${id}-hint`} className="second-line empty:hidden">
        {hint}
      </p>
    </div>
  );
}
