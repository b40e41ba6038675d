import { type ReactNode, useId } from "react";

type SettingProps = {
  title: string;
  /** What can be done about all of it, beside the title. */
  aside?: ReactNode;
  children: ReactNode;
};

export function Setting({ title, aside, children }: SettingProps) {
  const id = useId();
  return (
    <section className="card setting" aria-labelledby={id}>
      <div className="setting-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
