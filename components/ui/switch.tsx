import clsx from "clsx";
import type { ComponentProps } from "react";

type SwitchProps = Omit<ComponentProps<"button">, "onChange" | "aria-label"> & {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
};

/** Stays focusable while it is disabled, so that focus is not lost under the person who used it. */
export function Switch({ label, checked, onChange, disabled, className, ...props }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-label={label}
      aria-checked={checked}
      aria-disabled={disabled || undefined}
      onClick={() => disabled || onChange(!checked)}
      className={clsx("switch", className)}
      {...props}
    />
  );
}
