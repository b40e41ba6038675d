import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

type ChangeProps = { icon: LucideIcon; note: ReactNode; children: ReactNode };

export function Change({ icon: Icon, note, children }: ChangeProps) {
  return (
    <li>
      <Icon strokeWidth={1.75} aria-hidden="true" />
      <div>
        {children}
        {note === null ? null : <div className="second-line wrap-anywhere">{note}</div>}
      </div>
    </li>
  );
}
