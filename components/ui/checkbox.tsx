import clsx from "clsx";
import type { ComponentProps } from "react";

type CheckboxProps = Omit<ComponentProps<"input">, "onChange" | "type"> & {
  indeterminate?: boolean;
  onChange: (checked: boolean) => void;
};

export function Checkbox({ indeterminate = false, onChange, className, ...props }: CheckboxProps) {
  return (
    <input
      type="checkbox"
      ref={(input) => {
        if (input) input.indeterminate = indeterminate;
      }}
      onChange={(event) => onChange(event.target.checked)}
      className={clsx("checkbox", className)}
      {...props}
    />
  );
}
