import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";

type Option<T extends string> = { value: T; label: string; content?: ReactNode };

type SegmentedProps<T extends string> = Omit<ComponentProps<"fieldset">, "onChange"> & {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
};

/** One of a few: the buttons show `content`, and are named by `label`. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { label, value, options, onChange, className, ...rest } = props;
  return (
    <fieldset aria-label={label} className={clsx("segmented", className)} {...rest}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-label={option.content === undefined ? undefined : option.label}
          title={option.content === undefined ? undefined : option.label}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.content ?? option.label}
        </button>
      ))}
    </fieldset>
  );
}
