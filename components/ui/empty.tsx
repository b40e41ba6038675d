import clsx from "clsx";
import type { ComponentType, ReactNode } from "react";

type EmptyProps = {
  icon: ComponentType<{ strokeWidth?: number; "aria-hidden"?: "true" }>;
  title: string;
  /** The ways on: buttons. */
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
};

/** What is the case, why, one way on. */
export function Empty({ icon: Icon, title, actions, className, children }: EmptyProps) {
  return (
    <section className={clsx("empty", className)}>
      <Icon strokeWidth={1.75} aria-hidden="true" />
      <h2 className="text-14 font-strong">{title}</h2>
      <p>{children}</p>
      {actions === undefined ? null : <div className="buttons">{actions}</div>}
    </section>
  );
}
