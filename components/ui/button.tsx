import clsx from "clsx";
import type { ComponentProps } from "react";

const variants = {
  default: "border-border-strong bg-surface text-text hover:bg-hover",
  primary: "border-ink bg-ink text-on-ink hover:bg-ink-hover",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-text",
  danger: "border-fatal-line bg-surface text-fatal hover:bg-fatal-soft",
};

const sizes = {
  default: "h-(--ctl) gap-[7px] px-3",
  small: "h-(--ctl-small) gap-1.5 px-2.5",
};

/** The look of a button, for links that stand where a button would. */
export function buttonClass(
  variant: keyof typeof variants = "default",
  size: keyof typeof sizes = "default",
) {
  return clsx("btn", variants[variant], sizes[size]);
}

export type ButtonProps = ComponentProps<"button"> & {
  variant?: keyof typeof variants;
  size?: keyof typeof sizes;
};

export function Button({ variant, size, className, ...props }: ButtonProps) {
  return (
    <button type="button" className={clsx(buttonClass(variant, size), className)} {...props} />
  );
}

export type IconButtonProps = Omit<ComponentProps<"button">, "aria-label"> & {
  label: string;
  pressed?: boolean;
};

export function IconButton({ label, pressed, className, ...props }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      className={clsx("icon-btn", className)}
      {...props}
    />
  );
}
