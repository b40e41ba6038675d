import clsx from "clsx";
import type { ComponentProps } from "react";

export function Tag({ className, ...props }: ComponentProps<"span">) {
  return <span className={clsx("tag", className)} {...props} />;
}

export function Kbd({ className, ...props }: ComponentProps<"kbd">) {
  return <kbd className={clsx("kbd", className)} {...props} />;
}
